/** What the name of a field tells of its values. Names are all there is to go by without the data. */

import type { Keypath } from '../tree/ast'
import { impliedName } from '../tree/keypaths'

/** The words of a name, in lower case: `traceID`, `trace_id` and `trace-id` all give `trace`, `id`. */
function wordsOf(keypath: Keypath): readonly string[] {
  const name = impliedName(keypath) ?? ''
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

const UNIQUE = ['uuid', 'guid']

/** Things of which there is a new one all the time, so that their ids are about as many as the records. */
const PASSING = [
  ...['trace', 'span', 'request', 'req', 'correlation', 'transaction', 'txn', 'message', 'msg', 'event'],
  ...['log', 'session', 'record', 'invocation', 'execution', 'operation', 'connection', 'call', 'parent'],
  ...['order', 'payment', 'invoice', 'job', 'query', 'x', 'cx'],
]

/** Things of which there may be very many, that stay. */
const LASTING = [
  'user',
  'customer',
  'account',
  'client',
  'visitor',
  'device',
  'member',
  'subscriber',
  'contact',
]

const PASSING_IDS = new Set([...PASSING.map((thing) => `${thing}id`), ...UNIQUE])
const LASTING_IDS = new Set(LASTING.map((thing) => `${thing}id`))

/** Whether nearly every record has another value there: ids of requests, traces, events, and `id` itself. */
export function isRecordId(keypath: Keypath): boolean {
  const words = wordsOf(keypath)
  return PASSING_IDS.has(words.slice(-2).join('')) || PASSING_IDS.has(words.at(-1) ?? '') || isBareId(words)
}

function isBareId(words: readonly string[]): boolean {
  return words.length === 1 && words[0] === 'id'
}

const ADDRESSES = new Set(['ip', 'ipaddress', 'ipaddr', 'clientip', 'remoteip', 'sourceip', 'email', 'mail'])
const LOCATIONS = new Set(['url', 'uri', 'requesturi', 'requesturl', 'referer', 'referrer'])

/** Whether the field has as many values as there are users, addresses, messages or the like. */
export function hasManyValues(keypath: Keypath): boolean {
  const words = wordsOf(keypath)
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
  return keypath.namespace !== '$m' && keypath.namespace !== '$l' && MESSAGES.has(wordsOf(keypath).join(''))
}
