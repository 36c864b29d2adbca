import { lowerWord as lower } from '../lower-word'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'
import { type CalendarStretch, readCalendarStretch } from './calendar-stretch'
import { type ClockTime, hourOf, readClock } from './clock-time'
import { onDay, onStretch, type Present, readTimePoint, type TimePoint } from './time-point'
import type { Timeframe } from './timeframe'
import { instantOf, startOfDay, type WallClock, wallClockOf } from './zoned-time'

export interface FoundRange {
  readonly timeframe: Timeframe
  readonly start: number
  readonly end: number
  readonly assumption?: string
}

/**
 * A range with named ends: `between 07:10 and 07:25 today`, `last night between 1 and 5am`,
 * `from 2025-03-01 to 2025-03-05`, `9-10am yesterday`, `since 06:00`, `since last friday`, `before 9am`.
 */
export function readTimeRange(tokens: readonly Token[], start: number, present: Present): FoundRange | null {
  return (
    readBetween(tokens, start, present) ??
    readSince(tokens, start, present) ??
    readUntil(tokens, start, present)
  )
}

const OPENERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['between', ['and', '-', '–', 'to']],
  ['from', ['to', 'until', 'till', '-', '–', 'through', 'up']],
])
const BARE_JOINTS = ['-', '–', 'to', 'until']

function readBetween(tokens: readonly Token[], start: number, present: Present): FoundRange | null {
  const before = readCalendarStretch(tokens, start, present.wall)
  const openerAt = before === null ? start : lower(tokens, before.end) === ',' ? before.end + 1 : before.end
  const joints = OPENERS.get(lower(tokens, openerAt))
  const from = readTimePoint(tokens, joints === undefined ? openerAt : openerAt + 1, present)
  if (from === null || !(joints ?? BARE_JOINTS).includes(lower(tokens, from.end))) return null
  const toAt = lower(tokens, from.end) === 'up' ? from.end + 2 : from.end + 1
  const to =
    (from.kind === 'clock' ? readClockPoint(tokens, toAt) : null) ?? readTimePoint(tokens, toAt, present)
  if (to === null) return null
  const after =
    before === null && to.kind === 'clock' ? readCalendarStretch(tokens, to.end, present.wall) : null
  const day = before ?? after
  if (!isTimeLike(from, to, day)) return null
  const range = resolveRange(from, to, day, present)
  return { timeframe: range, start, end: after === null ? to.end : after.end }
}

/** A second time of day alone, so that a day behind it is shared by both: `9-10am yesterday`. */
function readClockPoint(tokens: readonly Token[], at: number): TimePoint | null {
  const clock = readClock(tokens, at)
  return clock === null ? null : { kind: 'clock', clock, end: clock.end }
}

/** Bare numbers are a range of time only beside something that is clearly a time. */
function isTimeLike(from: TimePoint, to: TimePoint, day: CalendarStretch | null): boolean {
  return day !== null || [from, to].some((point) => point.kind !== 'clock' || point.clock.isPlain)
}

function resolveRange(
  from: TimePoint,
  to: TimePoint,
  day: CalendarStretch | null,
  present: Present,
): Timeframe {
  if (from.kind === 'clock' && to.kind === 'clock') return clockRange(from.clock, to.clock, day, present)
  const start = startOf(from, present)
  const end = endOf(to, start, present)
  return { kind: 'between', from: start, to: end }
}

function startOf(point: TimePoint, present: Present): Date {
  if (point.kind === 'instant') return point.at
  if (point.kind === 'clock') return lastOccurrence(point.clock, present)
  return instantOf(point.stretch.from, present.timezone)
}

/** A calendar stretch as an end is meant with its last day; a time of day is the first one after the start. */
function endOf(point: TimePoint, start: Date, present: Present): Date | 'now' {
  if (point.kind === 'instant') return point.at.getTime() === present.instant.getTime() ? 'now' : point.at
  if (point.kind === 'stretch') {
    return point.stretch.isCurrent ? 'now' : instantOf(point.stretch.to, present.timezone)
  }
  const sameDay = onDay(point.clock, wallAt(start, present), present)
  return sameDay > start ? sameDay : onDay(point.clock, wallAt(start, present, 1), present)
}

function wallAt(instant: Date, present: Present, days = 0): WallClock {
  return startOfDay(wallClockOf(instant, present.timezone), days)
}

function clockRange(
  from: ClockTime,
  to: ClockTime,
  day: CalendarStretch | null,
  present: Present,
): Timeframe {
  const meridiem = sharedMeridiem(from, to)
  if (day !== null) {
    const start = onStretch(from, day, present, meridiem)
    const end = onStretch(to, day, present)
    return {
      kind: 'between',
      from: start,
      to: end > start ? end : onDay(to, startOfDay(day.from, 1), present),
    }
  }
  // Without a day: the latest such range that has begun.
  const offset = onDay(from, present.wall, present, meridiem) > present.instant ? -1 : 0
  const start = onDay(from, startOfDay(present.wall, offset), present, meridiem)
  const end = onDay(to, startOfDay(present.wall, offset), present)
  return {
    kind: 'between',
    from: start,
    to: end > start ? end : onDay(to, startOfDay(present.wall, offset + 1), present),
  }
}

/** "between 1 and 5am" starts at 1am, "9 to 5pm" at 9am: the second's half of the day, unless that runs backwards. */
function sharedMeridiem(from: ClockTime, to: ClockTime): ClockTime['meridiem'] {
  if (from.meridiem !== null || to.meridiem === null) return null
  return hourOf(from, to.meridiem) <= hourOf(to) ? to.meridiem : 'am'
}

const SINCE_WORDS = wordSet('since from after starting beginning')
const UNTIL_WORDS = wordSet('until till to before')

/** `since 06:00`, `since last friday`, `since 3 hours ago`, `from yesterday on`, `starting at 9am`. */
function readSince(tokens: readonly Token[], start: number, present: Present): FoundRange | null {
  const word = lower(tokens, start)
  if (!SINCE_WORDS.has(word)) return null
  const isOpened = ['at', 'from', 'on', 'with'].includes(lower(tokens, start + 1))
  const point = readTimePoint(tokens, isOpened && word !== 'since' ? start + 2 : start + 1, present)
  if (point === null || (point.kind === 'clock' && !point.clock.isPlain && word !== 'since')) return null
  // "errors from yesterday" and "from last night" mean that stretch, not everything since.
  if (
    word === 'from' &&
    point.kind === 'stretch' &&
    !['on', 'onwards', 'onward'].includes(lower(tokens, point.end))
  )
    return null
  const from = startOf(point, present)
  const isOnwards = ['on', 'onwards', 'onward'].includes(lower(tokens, point.end)) ? 1 : 0
  if (UNTIL_WORDS.has(lower(tokens, point.end))) {
    const to = readTimePoint(tokens, point.end + 1, present)
    if (to !== null)
      return { timeframe: { kind: 'between', from, to: endOf(to, from, present) }, start, end: to.end }
  }
  return { timeframe: { kind: 'between', from, to: 'now' }, start, end: point.end + isOnwards }
}

/** `before 9am`, `until 07:30 today`: from the start of that day. */
function readUntil(tokens: readonly Token[], start: number, present: Present): FoundRange | null {
  if (!['before', 'until', 'till'].includes(lower(tokens, start))) return null
  const point = readTimePoint(tokens, start + 1, present)
  if (point === null || point.kind === 'stretch' || (point.kind === 'clock' && !point.clock.isPlain))
    return null
  const to = startOf(point, present)
  const from = instantOf(startOfDay(wallAt(to, present)), present.timezone)
  return {
    timeframe: { kind: 'between', from, to },
    start,
    end: point.end,
    assumption: 'from the start of that day',
  }
}

/** The last time the clocks showed this; today's or, when that is still to come, yesterday's. */
export function lastOccurrence(clock: ClockTime, present: Present): Date {
  const today = onDay(clock, present.wall, present)
  return today > present.instant ? onDay(clock, startOfDay(present.wall, -1), present) : today
}
