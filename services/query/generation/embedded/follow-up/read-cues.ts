import type { Field } from '../link/field'
import { type Linkable, readField } from '../link/mentions'
import { lowerWord as lower } from '../lower-word'
import { createPhraseTable } from '../phrase-table'
import { areFree, claim, isFree, type Question } from '../question'
import { wordSet } from '../word-set'

/** How a follow-up wants its conditions and keys combined with what is there. */
export type EditMode = 'replace' | 'add' | 'exclude'

export type RemovalTarget = 'limit' | 'order' | 'group' | 'filter' | 'time' | 'projection'

/** What a follow-up says about editing, apart from what it edits with. */
export interface Cues {
  readonly mode: EditMode
  /** Some word can only be meant for an earlier query. */
  readonly isCertain: boolean
  readonly removals: readonly RemovalTarget[]
}

const MODES = createPhraseTable<EditMode>([
  [
    'exclude',
    'leave out, drop, remove, take out, get rid of, cut out, filter out, throw out, exclude, ' +
      'ignore, hide, skip, omit, without, except, minus, but not, not the, discard, leave, ' +
      'take away, no more',
  ],
  [
    'add',
    'also, as well, too, additionally, include, add, and also, on top of that, plus, ' +
      'in addition, including, further, break it down, break that down, break them down, ' +
      'break those down, drill down',
  ],
  [
    'replace',
    'instead, rather, only, just, what about, how about, same for, same but, same thing for, ' +
      'the same for, now for, and for, and in, and on, change to, switch to, make it, make that, ' +
      'now, use, use the, using, narrow it, narrow that, narrow down, restrict it, restrict to, limit it to, ' +
      'limit this to, filter it, filter to, filter for, filter by, keep only, keep, change it to, ' +
      'change that to, the same, same',
  ],
])

const ANAPHORA = wordSet('it them those these that this instead too same one ones')
const OPENERS = wordSet(
  'and but now also only just then or without except by per for in on from since not no with',
  'as same ok okay instead include exclude drop remove leave add sort order group split break',
  'limit top widen narrow extend zoom make change switch keep hide rank sorted grouped last',
  'today yesterday above over below longer expand shrink go restrict ungroup reverse double',
  'halve shorten filter take ignore skip use set clear average count',
)

/** Whether the first word is one that a follow-up opens with. */
export function opensFollowUp(question: Question): boolean {
  const isAbout = /^(what|how)$/.test(lower(question.tokens, 0)) && lower(question.tokens, 1) === 'about'
  return isAbout || OPENERS.has(lower(question.tokens, 0))
}

export function hasAnaphora(question: Question): boolean {
  return question.tokens.some((token, at) => {
    if (token.kind !== 'word' || !ANAPHORA.has(token.lower)) return false
    // "errors that mention", "this month", "these services", "which one of": joints, not references.
    const next = question.tokens[at + 1]
    const isJoint = ['that', 'this', 'these', 'those', 'one', 'same'].includes(token.lower)
    const endsHere =
      next === undefined ||
      next.kind === 'symbol' ||
      ['by', 'per', 'to', 'for', 'in', 'over', 'out', 'down', 'into', 'with', 'on', 'instead'].includes(
        next.lower,
      )
    return !isJoint || endsHere || token.lower === 'same'
  })
}

/** Reads and claims the words about editing. */
export function readCues(question: Question): Cues {
  const removals = readRemovals(question)
  const modes: EditMode[] = []
  for (let at = 0; at < question.tokens.length; at += 1) {
    const match = isFree(question, at) ? MODES.match(question.tokens, at) : null
    if (match === null || !areFree(question, at, match.end) || isOtherUse(question, at, match.value)) continue
    modes.push(match.value)
    claim(question, at, match.end, 'follow-up')
    if (match.value === 'exclude') claimOut(question, match.end)
  }
  const mode = modes.includes('exclude') ? 'exclude' : modes.includes('add') ? 'add' : 'replace'
  return { mode, isCertain: modes.length > 0 || removals.length > 0, removals }
}

/** "only" before a list of fields is read with them; "plus" and "without a field" have readers of their own. */
function isOtherUse(question: Question, at: number, mode: EditMode): boolean {
  const word = lower(question.tokens, at)
  const next = lower(question.tokens, at + 1)
  if (mode === 'exclude')
    return (
      word === 'leave' && !question.tokens.some((token) => token.lower === 'out' || token.lower === 'off')
    )
  return (word === 'only' || word === 'just') && (next === 'show' || next === 'the')
}

/** The "out" of "leave tablets out". */
function claimOut(question: Question, from: number): void {
  const at = question.tokens.findIndex(
    (token, index) => index >= from && ['out', 'off', 'away', 'aside'].includes(token.lower),
  )
  if (at >= 0) claim(question, at, at + 1, 'follow-up')
}

const REMOVERS = createPhraseTable([
  [
    true,
    'remove, drop, without, clear, no, delete, get rid of, lose, skip, undo, reset, forget, ' +
      "ignore, lift, don't, do not, stop, take off, take away, disregard, without any",
  ],
])
const TARGETS = createPhraseTable<RemovalTarget>([
  ['limit', 'limit, the limit, limits, cap'],
  ['order', 'order, ordering, sort, sorting, the order, sorted, the sorting, the ordering, the sort'],
  [
    'group',
    'grouping, group, the grouping, groups, the breakdown, breakdown, aggregation, ' +
      'the aggregation, the groups, groupby, group by',
  ],
  [
    'time',
    'time range, the time range, time limit, time filter, the time filter, timeframe, ' +
      'the timeframe, time window, the time window, the time limit',
  ],
  ['projection', 'projection, columns, field selection, the columns'],
  [
    'filter',
    'filters, all filters, the filters, conditions, all conditions, the conditions, ' +
      'every filter, filter, the filter',
  ],
])
const WHOLE = createPhraseTable<RemovalTarget>([
  [
    'group',
    'ungroup, ungrouped, ungroup it, raw records, raw logs, the raw logs, raw lines, ' +
      'individual records, the individual records, the records themselves, the logs themselves, ' +
      'the raw records, show the lines, show the records, the actual logs, the spans themselves, ' +
      'the raw spans',
  ],
  ['order', 'unsorted, in any order'],
  ['limit', 'all of them, show all, unlimited, show everything, show all of them'],
])

function readRemovals(question: Question): RemovalTarget[] {
  const removals: RemovalTarget[] = []
  for (let at = 0; at < question.tokens.length; at += 1) {
    const whole = WHOLE.match(question.tokens, at)
    if (whole !== null && areFree(question, at, whole.end)) {
      removals.push(whole.value)
      claim(question, at, whole.end, 'follow-up')
      continue
    }
    const remover = REMOVERS.match(question.tokens, at)
    const target = remover === null ? null : TARGETS.match(question.tokens, remover.end)
    if (target === null || !areFree(question, at, target.end)) continue
    removals.push(target.value)
    claim(question, at, target.end, 'follow-up')
  }
  return removals
}

/** Fields that a follow-up wants out of the query. */
export interface NamedRemovals {
  /** Their conditions are to go: "for all tenants", "any host", "remove the tenant filter". */
  readonly released: readonly Field[]
  /** They are no longer to group: "remove the path grouping". */
  readonly ungrouped: readonly Field[]
}

/** The mechanisms must not read these fields as keys, so they are claimed first. */
export function readNamedRemovals(reading: Linkable, mode: EditMode): NamedRemovals {
  const { question } = reading
  const released: Field[] = []
  const ungrouped: Field[] = []
  for (let at = 0; at < question.tokens.length; at += 1) {
    const isAll =
      ['all', 'any', 'every'].includes(lower(question.tokens, at)) &&
      (at === 0 ||
        ['for', 'in', 'from', 'on', 'across', 'of', 'with'].includes(lower(question.tokens, at - 1)))
    const from = isAll ? at + 1 : at
    const mention = isFree(question, at)
      ? readField(reading, lower(question.tokens, from) === 'the' ? from + 1 : from)
      : null
    if (mention === null) continue
    const noun = mode === 'exclude' ? lower(question.tokens, mention.end) : ''
    const isFilter = /^(filters?|conditions?|restrictions?|constraints?|clause|check)$/.test(noun)
    const isGrouping = /^(groupings?|group|groups|breakdown|split)$/.test(noun)
    if (!isAll && !isFilter && !isGrouping) continue
    ;(isGrouping ? ungrouped : released).push(mention.field)
    claim(question, at, isFilter || isGrouping ? mention.end + 1 : mention.end, 'follow-up')
  }
  return { released, ungrouped }
}
