import { lowerWord as lower } from '../lower-word'
import { readQuantity } from '../quantity'
import type { Token } from '../tokenise'
import { type CalendarStretch, readCalendarStretch } from './calendar-stretch'
import { type ClockTime, hourOf, readClock } from './clock-time'
import { instantOf, startOfDay, type WallClock, wallClockOf } from './zoned-time'

/** The clock a question is read against. */
export interface Present {
  readonly instant: Date
  readonly timezone: string
  /** `instant` as the zone's clocks show it. */
  readonly wall: WallClock
}

/** Throws a RangeError for an unknown zone. */
export function presentAt(instant: Date, timezone: string): Present {
  return { instant, timezone, wall: wallClockOf(instant, timezone) }
}

/** One end of a range: a moment, a time of day that still needs its day, or a whole calendar stretch. */
export type TimePoint =
  | { readonly kind: 'instant'; readonly at: Date; readonly isPrecise: boolean; readonly end: number }
  | { readonly kind: 'clock'; readonly clock: ClockTime; readonly end: number }
  | { readonly kind: 'stretch'; readonly stretch: CalendarStretch; readonly end: number }

/** `now`, `2025-03-01T10:00Z`, `3 hours ago`, `yesterday 9am`, `9am on monday`, `06:00`, `last friday`. */
export function readTimePoint(tokens: readonly Token[], start: number, present: Present): TimePoint | null {
  if (lower(tokens, start) === 'now') return instant(present.instant, true, start + 1)
  return (
    readDateTime(tokens, start, present) ??
    readAgo(tokens, start, present) ??
    readDayAndClock(tokens, start, present) ??
    readClockAndDay(tokens, start, present) ??
    readStretchAlone(tokens, start, present) ??
    readClockAlone(tokens, start)
  )
}

function instant(at: Date, isPrecise: boolean, end: number): TimePoint {
  return { kind: 'instant', at, isPrecise, end }
}

const DATE_TIME = /^(\d{4})[-/](\d\d?)[-/](\d\d?)t(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(z|[+-]\d\d:?\d\d)?$/

/** An ISO date with a time; without an offset it is meant in the question's zone. */
function readDateTime(tokens: readonly Token[], at: number, present: Present): TimePoint | null {
  const token = tokens[at]
  const parts = token?.kind === 'date' ? DATE_TIME.exec(token.lower) : null
  if (parts === null) return null
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as number[]
  const wall = { year, month, day, hour, minute, second } as WallClock
  const moment = parts[7] === undefined ? instantOf(wall, present.timezone) : withOffset(wall, parts[7])
  return Number.isNaN(moment.getTime()) ? null : instant(moment, true, at + 1)
}

function withOffset(wall: WallClock, offset: string): Date {
  const asUtc = instantOf(wall, 'UTC').getTime()
  if (offset === 'z') return new Date(asUtc)
  const digits = offset.replace(':', '')
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5))
  return new Date(asUtc - (offset.startsWith('-') ? -1 : 1) * minutes * 60_000)
}

/** `3 hours ago`, `20 minutes back`; whole days ago are a calendar day instead. */
function readAgo(tokens: readonly Token[], at: number, present: Present): TimePoint | null {
  const quantity = readQuantity(tokens, at)
  if (quantity?.unit.dimension !== 'time') return null
  if (!['ago', 'back', 'earlier'].includes(lower(tokens, quantity.end))) return null
  const seconds = quantity.value * quantity.unit.factor
  if (quantity.unit.factor >= 86_400) return null
  return instant(new Date(present.instant.getTime() - seconds * 1_000), true, quantity.end + 1)
}

function readDayAndClock(tokens: readonly Token[], at: number, present: Present): TimePoint | null {
  const stretch = readCalendarStretch(tokens, at, present.wall)
  if (stretch === null || !(stretch.isDay || stretch.isNight)) return null
  const from = lower(tokens, stretch.end) === ',' ? stretch.end + 1 : stretch.end
  const clock = readClock(tokens, from)
  if (clock === null || !(clock.isPlain || lower(tokens, from) === 'at')) return null
  return instant(onStretch(clock, stretch, present), clock.minute > 0, clock.end)
}

function readClockAndDay(tokens: readonly Token[], at: number, present: Present): TimePoint | null {
  const clock = readClock(tokens, at)
  if (clock === null) return null
  const stretch = readCalendarStretch(tokens, clock.end, present.wall)
  if (stretch === null || !(stretch.isDay || stretch.isNight)) return null
  return instant(onStretch(clock, stretch, present), clock.minute > 0, stretch.end)
}

function readStretchAlone(tokens: readonly Token[], at: number, present: Present): TimePoint | null {
  const stretch = readCalendarStretch(tokens, at, present.wall)
  return stretch === null ? null : { kind: 'stretch', stretch, end: stretch.end }
}

function readClockAlone(tokens: readonly Token[], at: number): TimePoint | null {
  const clock = readClock(tokens, at)
  return clock === null ? null : { kind: 'clock', clock, end: clock.end }
}

/** A time of day in a calendar stretch; the small hours of a night belong to its second day. */
export function onStretch(
  clock: ClockTime,
  stretch: CalendarStretch,
  present: Present,
  meridiem: ClockTime['meridiem'] = null,
): Date {
  const hour = hourOf(clock, meridiem)
  const base = stretch.isNight && hour < 12 ? stretch.to : stretch.from
  return onDay(clock, base, present, meridiem)
}

/** A time of day on the calendar day that `day` lies in. */
export function onDay(
  clock: ClockTime,
  day: WallClock,
  present: Present,
  meridiem: ClockTime['meridiem'] = null,
): Date {
  const { minute, second } = clock
  return instantOf({ ...startOfDay(day), hour: hourOf(clock, meridiem), minute, second }, present.timezone)
}
