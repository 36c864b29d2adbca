import { lowerWord as lower } from '../lower-word'
import { readQuantity } from '../quantity'
import type { Token } from '../tokenise'
import { wordSet } from '../word-set'
import { startOfDay, utcTime, type WallClock, weekdayOf } from './zoned-time'

/** A calendar stretch a question names: `yesterday`, `March 3rd`, `this month`, `last friday`. */
export interface CalendarStretch {
  readonly kind: 'stretch'
  readonly from: WallClock
  readonly to: WallClock
  /** True when the stretch holds the present, so that "today" ends now. */
  readonly isCurrent: boolean
  readonly isDay: boolean
  /** `last night` lies in two calendar days; its early hours belong to the second. */
  readonly isNight: boolean
  readonly end: number
}

const WEEKDAYS: ReadonlyMap<string, number> = new Map(
  [
    ['monday', 'mon', 'mondays'],
    ['tuesday', 'tue', 'tues'],
    ['wednesday', 'wed'],
    ['thursday', 'thu', 'thurs'],
    ['friday', 'fri'],
    ['saturday', 'sat'],
    ['sunday', 'sun'],
  ].flatMap((names, index) => names.map((name): [string, number] => [name, index + 1])),
)

const MONTHS: ReadonlyMap<string, number> = new Map(
  [
    ['january', 'jan'],
    ['february', 'feb'],
    ['march', 'mar'],
    ['april', 'apr'],
    ['may'],
    ['june', 'jun'],
    ['july', 'jul'],
    ['august', 'aug'],
    ['september', 'sep', 'sept'],
    ['october', 'oct'],
    ['november', 'nov'],
    ['december', 'dec'],
  ].flatMap((names, index) => names.map((name): [string, number] => [name, index + 1])),
)

const DAY_PREPOSITIONS = wordSet('on since from until and to')

/** The calendar stretch that starts at a token, with `now` as the zone's clocks show it. */
export function readCalendarStretch(
  tokens: readonly Token[],
  start: number,
  now: WallClock,
): CalendarStretch | null {
  const at = ['on', 'in', 'during', 'for', 'the', 'over', 'at'].includes(lower(tokens, start))
    ? start + 1
    : start
  const from = lower(tokens, at) === 'the' ? at + 1 : at
  return (
    readPartOfDay(tokens, from, now) ??
    readNamedDay(tokens, from, now) ??
    readWeekday(tokens, from, now) ??
    readWeekend(tokens, from, now) ??
    readQuarter(tokens, from, now) ??
    readDate(tokens, from, now) ??
    readMonthDay(tokens, from, now) ??
    readUnit(tokens, from, now) ??
    readDaysAgo(tokens, from, now)
  )
}

function day(wall: WallClock, now: WallClock, end: number): CalendarStretch {
  return stretch(startOfDay(wall), startOfDay(wall, 1), now, end, true)
}

function stretch(
  from: WallClock,
  to: WallClock,
  now: WallClock,
  end: number,
  isDay = false,
): CalendarStretch {
  const isCurrent = utcTime(from) <= utcTime(now) && utcTime(now) < utcTime(to)
  return { kind: 'stretch', from, to, isCurrent, isDay, isNight: false, end }
}

function readNamedDay(tokens: readonly Token[], at: number, now: WallClock): CalendarStretch | null {
  const word = lower(tokens, at)
  if (word === 'today') return day(now, now, at + 1)
  if (word === 'yesterday') return day(startOfDay(now, -1), now, at + 1)
  if (word === 'day' && lower(tokens, at + 1) === 'before' && lower(tokens, at + 2) === 'yesterday') {
    return day(startOfDay(now, -2), now, at + 3)
  }
  return null
}

const PARTS_OF_DAY: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['morning', [6, 12]],
  ['afternoon', [12, 18]],
  ['evening', [18, 24]],
])

/** `this morning`, `yesterday evening`, `last night`, `overnight`, `tonight`. */
function readPartOfDay(tokens: readonly Token[], at: number, now: WallClock): CalendarStretch | null {
  const first = lower(tokens, at)
  const second = lower(tokens, at + 1)
  if (first === 'overnight') return night(now, at + 1)
  if (first === 'last' && second === 'night') return night(now, at + 2)
  if (first === 'tonight') return { ...stretch(hours(now, 18), startOfDay(now, 1), now, at + 1) }
  const base = first === 'this' ? now : first === 'yesterday' ? startOfDay(now, -1) : null
  const part = PARTS_OF_DAY.get(second)
  if (base === null || part === undefined) return null
  return stretch(hours(base, part[0]), hours(base, part[1]), now, at + 2)
}

function night(now: WallClock, end: number): CalendarStretch {
  const evening = hours(startOfDay(now, -1), 18)
  return { ...stretch(evening, hours(now, 6), now, end), isNight: true }
}

function hours(wall: WallClock, hour: number): WallClock {
  return hour === 24 ? startOfDay(wall, 1) : { ...startOfDay(wall), hour }
}

/** `friday`, `on monday`, `last friday`: the last one that has begun; with "last" or "previous", before today. */
function readWeekday(tokens: readonly Token[], at: number, now: WallClock): CalendarStretch | null {
  const isLast = ['last', 'previous', 'past'].includes(lower(tokens, at))
  const isThis = lower(tokens, at) === 'this'
  const name = isLast || isThis ? at + 1 : at
  const weekday = WEEKDAYS.get(lower(tokens, name))
  const isShort = lower(tokens, name).length === 3
  if (weekday === undefined || (isShort && !isLast && !DAY_PREPOSITIONS.has(lower(tokens, name - 1))))
    return null
  const back = (weekdayOf(now) - weekday + 7) % 7
  return day(startOfDay(now, -(back === 0 && isLast ? 7 : back)), now, name + 1)
}

/** `the weekend`, `this weekend`, `last weekend`: the last that has begun; with "last" one that is over. */
function readWeekend(tokens: readonly Token[], at: number, now: WallClock): CalendarStretch | null {
  const isLast = ['last', 'previous', 'past'].includes(lower(tokens, at))
  const name = isLast || lower(tokens, at) === 'this' ? at + 1 : at
  if (lower(tokens, name) !== 'weekend') return null
  const sinceSaturday = (weekdayOf(now) + 1) % 7
  const saturday = startOfDay(now, -sinceSaturday - (isLast && sinceSaturday < 2 ? 7 : 0))
  return stretch(saturday, startOfDay(saturday, 2), now, name + 1)
}

const QUARTER_PREPOSITIONS = wordSet('in during of for since from until')

/** `Q1`, `Q4 2024`, `the last quarter`. Without a year: the last that has begun. */
function readQuarter(tokens: readonly Token[], at: number, now: WallClock): CalendarStretch | null {
  const isLast = /^(last|previous|past)$/.test(lower(tokens, at)) && lower(tokens, at + 1) === 'quarter'
  if (isLast && lower(tokens, at + 2) !== 'of') return unitStretch('quarter', -1, now, at + 2)
  const quarter = /^q([1-4])$/.exec(lower(tokens, at))?.[1]
  const year = yearNumber(tokens[at + 1])
  // "queue q1" is a name.
  const isTime = at === 0 || year !== null || QUARTER_PREPOSITIONS.has(lower(tokens, at - 1))
  if (quarter === undefined || !isTime) return null
  const month = 3 * Number(quarter) - 2
  const of = year ?? (month > now.month ? now.year - 1 : now.year)
  const first = midnight(of, month, 1)
  return stretch(first, startOfDay({ ...first, month: month + 3 }), now, at + (year === null ? 1 : 2))
}

/** `2025-03-01`, `2025/3/1`; a date with a clock time is read by `readClockPoint`. */
function readDate(tokens: readonly Token[], at: number, now: WallClock): CalendarStretch | null {
  const token = tokens[at]
  if (token?.kind !== 'date' || token.lower.includes('t')) return null
  const [year, month, dayOfMonth] = token.text.split(/[-/]/).map(Number) as [number, number, number]
  return isCalendarDay(year, month, dayOfMonth) ? day(midnight(year, month, dayOfMonth), now, at + 1) : null
}

function midnight(year: number, month: number, dayOfMonth: number): WallClock {
  return { year, month, day: dayOfMonth, hour: 0, minute: 0, second: 0 }
}

function isCalendarDay(year: number, month: number, dayOfMonth: number): boolean {
  const date = new Date(utcTime(midnight(year, month, dayOfMonth)))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth
}

/** `March 3rd`, `3 March 2025`, `the 3rd of March`, `March`, `March 2025`. Without a year: the last that has begun. */
function readMonthDay(tokens: readonly Token[], at: number, now: WallClock): CalendarStretch | null {
  const dayFirst = dayNumber(tokens[at])
  const monthAt = dayFirst === null ? at : lower(tokens, at + 1) === 'of' ? at + 2 : at + 1
  const month = MONTHS.get(lower(tokens, monthAt))
  if (month === undefined || isOtherWord(tokens, monthAt, dayFirst !== null)) return null
  const dayAfter = dayFirst === null ? dayNumber(tokens[monthAt + 1]) : null
  const dayOfMonth = dayFirst ?? dayAfter
  let end = monthAt + (dayAfter === null ? 1 : 2)
  const comma = tokens[end]?.text === ',' ? 1 : 0
  const year = yearNumber(tokens[end + comma])
  if (year !== null) end += comma + 1
  return dayOfMonth === null
    ? wholeMonth(year, month, now, end)
    : dayOfMonthStretch(year, month, dayOfMonth, now, end)
}

/** "may" and "march" are also verbs and "mar", "sep" abbreviations of other things: they need company. */
function isOtherWord(tokens: readonly Token[], monthAt: number, hasDay: boolean): boolean {
  const word = lower(tokens, monthAt)
  if (word.length > 3 && word !== 'march') return false
  const before = lower(tokens, monthAt - 1)
  return (
    !hasDay &&
    dayNumber(tokens[monthAt + 1]) === null &&
    !['in', 'since', 'during', 'from', 'of', 'for', 'until'].includes(before)
  )
}

function dayNumber(token: Token | undefined): number | null {
  if (token === undefined || (token.kind !== 'number' && token.kind !== 'ordinal')) return null
  return token.value !== null && Number.isInteger(token.value) && token.value >= 1 && token.value <= 31
    ? token.value
    : null
}

function yearNumber(token: Token | undefined): number | null {
  if (token?.kind !== 'number' || token.value === null) return null
  return Number.isInteger(token.value) && token.value >= 1970 && token.value <= 2999 ? token.value : null
}

function wholeMonth(year: number | null, month: number, now: WallClock, end: number): CalendarStretch {
  const of = year ?? (month > now.month ? now.year - 1 : now.year)
  const next = month === 12 ? midnight(of + 1, 1, 1) : midnight(of, month + 1, 1)
  return stretch(midnight(of, month, 1), next, now, end)
}

function dayOfMonthStretch(
  year: number | null,
  month: number,
  dayOfMonth: number,
  now: WallClock,
  end: number,
): CalendarStretch | null {
  const isAhead = month > now.month || (month === now.month && dayOfMonth > now.day)
  const of = year ?? (isAhead ? now.year - 1 : now.year)
  return isCalendarDay(of, month, dayOfMonth) ? day(midnight(of, month, dayOfMonth), now, end) : null
}

/** `this week`, `this month`, `previous week`, `last month`, `last year`, `the start of the month`, `week to date`. */
function readUnit(tokens: readonly Token[], at: number, now: WallClock): CalendarStretch | null {
  const first = lower(tokens, at)
  if (['start', 'beginning'].includes(first) && lower(tokens, at + 1) === 'of') {
    const named = lower(tokens, at + 2)
    const unitAt = ['the', 'this'].includes(named) ? at + 3 : at + 2
    return unitStretch(lower(tokens, unitAt), 0, now, unitAt + 1)
  }
  if (lower(tokens, at + 1) === 'to' && lower(tokens, at + 2) === 'date')
    return unitStretch(first, 0, now, at + 3)
  if (first === 'this' || first === 'current') return unitStretch(lower(tokens, at + 1), 0, now, at + 2)
  if (first !== 'last' && first !== 'previous') return null
  const unit = lower(tokens, at + 1)
  const isCalendar =
    first === 'previous' || (['month', 'quarter', 'year'].includes(unit) && lower(tokens, at - 1) !== 'the')
  return isCalendar ? unitStretch(unit, -1, now, at + 2) : null
}

function unitStretch(unit: string, offset: number, now: WallClock, end: number): CalendarStretch | null {
  if (unit === 'hour') {
    const from = { ...now, hour: now.hour + offset, minute: 0, second: 0 }
    return stretch(from, { ...from, hour: from.hour + 1 }, now, end)
  }
  if (unit === 'day') return day(startOfDay(now, offset), now, end)
  if (unit === 'week') {
    const monday = startOfDay(now, 1 - weekdayOf(now) + 7 * offset)
    return stretch(monday, startOfDay(monday, 7), now, end)
  }
  if (unit === 'month') {
    const first = startOfDay({ ...now, month: now.month + offset, day: 1 })
    return stretch(first, startOfDay({ ...first, month: first.month + 1 }), now, end)
  }
  if (unit === 'quarter') {
    const first = startOfDay({ ...now, month: now.month - ((now.month - 1) % 3) + 3 * offset, day: 1 })
    return stretch(first, startOfDay({ ...first, month: first.month + 3 }), now, end)
  }
  if (unit === 'year')
    return stretch(midnight(now.year + offset, 1, 1), midnight(now.year + offset + 1, 1, 1), now, end)
  return null
}

/** `3 days ago`, `a week ago`: that calendar day. */
function readDaysAgo(tokens: readonly Token[], at: number, now: WallClock): CalendarStretch | null {
  const quantity = readQuantity(tokens, at)
  if (quantity === null || lower(tokens, quantity.end) !== 'ago') return null
  const days = (quantity.value * quantity.unit.factor) / 86_400
  if (quantity.unit.dimension !== 'time' || !Number.isInteger(days)) return null
  return day(startOfDay(now, -days), now, quantity.end + 1)
}
