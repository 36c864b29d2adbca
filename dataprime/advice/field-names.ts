/** What the name of a field tells of its values. Names are all there is to go by without the data. */

import type { Keypath } from '../tree/ast'
import { impliedName } from '../tree/keypaths'

/** The words of a name, in lower case: `traceID`, `trace_id` and `trace-id` all give `trace`, `id`. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

/** The words of the last two keys: an `id` is the id of what it stands in. */
function wordsOfKeys({ segments }: Keypath): readonly string[] {
  return segments
    .slice(-2)
    .flatMap((segment) => (segment.kind === 'NameSegment' ? wordsOf(segment.name) : []))
}

/** Things of which there is a new one for nearly every record, or for every few of them. */
const PASSING = [
  ...['trace', 'span', 'request', 'req', 'correlation', 'transaction', 'txn', 'message', 'msg', 'event'],
  ...['log', 'record', 'invocation'],
]

/** Things of which there may be very many that occur again and again. */
const LASTING = [
  ...['user', 'customer', 'account', 'client', 'visitor', 'device', 'member', 'subscriber', 'contact'],
  ...['session', 'order', 'payment', 'invoice', 'job', 'execution', 'operation', 'connection', 'call'],
]

const PASSING_IDS = new Set([...PASSING.map((thing) => `${thing}id`), 'uuid', 'guid'])
const LASTING_IDS = new Set(LASTING.map((thing) => `${thing}id`))

/** Whether nearly every record has another value there: ids of requests, traces, events, and `id` itself. */
export function isRecordId(keypath: Keypath): boolean {
  const words = wordsOfKeys(keypath)
  return PASSING_IDS.has(words.slice(-2).join('')) || PASSING_IDS.has(words.at(-1) ?? '') || isBareId(words)
}

function isBareId(words: readonly string[]): boolean {
  return words.length === 1 && words[0] === 'id'
}

const ADDRESSES = new Set(['ip', 'ipaddress', 'ipaddr', 'clientip', 'remoteip', 'sourceip', 'email', 'mail'])
const LOCATIONS = new Set([
  'url',
  'uri',
  'path',
  'urlpath',
  'requestpath',
  'requesturi',
  'requesturl',
  'referer',
  'referrer',
])

/** Whether the field has as many values as there are users, addresses, messages or the like. */
export function hasManyValues(keypath: Keypath): boolean {
  const words = wordsOfKeys(keypath)
  const last = words.at(-1) ?? ''
  const lastTwo = words.slice(-2).join('')
  return (
    isRecordId(keypath) ||
    [lastTwo, last].some((word) => LASTING_IDS.has(word) || ADDRESSES.has(word) || LOCATIONS.has(word)) ||
    isMessage(keypath)
  )
}

const MESSAGES = new Set([
  ...[
    'message',
    'msg',
    'text',
    'body',
    'log',
    'line',
    'logmessage',
    'messagetext',
    'textpayload',
    'rawmessage',
  ],
  ...['errormessage', 'exceptionmessage', 'stacktrace'],
])

/** Whether the field holds the text that a person reads. */
export function isMessage(keypath: Keypath): boolean {
  const isData = (keypath.namespace ?? '$d') === '$d'
  return isData && isMessageName(impliedName(keypath) ?? '')
}

export function isMessageName(name: string): boolean {
  return MESSAGES.has(wordsOf(name).join(''))
}
