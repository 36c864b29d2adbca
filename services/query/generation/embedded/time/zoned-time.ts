/** A moment as a wall clock and calendar of some zone show it. */
export interface WallClock {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const MIDNIGHT = { hour: 0, minute: 0, second: 0 }

const FORMATS_MAX = 64
const formats = new Map<string, Intl.DateTimeFormat>()

/** Throws a RangeError for a name that is no IANA time zone. */
function formatFor(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  if (formats.size >= FORMATS_MAX) formats.clear()
  formats.set(timezone, format)
  return format
}

export function isTimezone(name: string): boolean {
  try {
    formatFor(name)
    return true
  } catch {
    return false
  }
}

const NO_WALL: WallClock = { year: NaN, month: NaN, day: NaN, hour: NaN, minute: NaN, second: NaN }

/**
 * What the clocks of `timezone` show at an instant; years before 1 count down from 0. An invalid date shows NaN
 * throughout. Throws a RangeError for an unknown zone.
 */
export function wallClockOf(instant: Date, timezone: string): WallClock {
  const format = formatFor(timezone)
  if (Number.isNaN(instant.getTime())) return NO_WALL
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]))
  const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name))
  return {
    year: parts.get('era') === 'BC' ? 1 - part('year') : part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  }
}

/**
 * The instant at which the clocks of `timezone` show `wall`; fields beyond their range carry over (day 0 is
 * the last of the month before). A time that daylight saving skips is read with the offset before the jump,
 * one that it repeats means the first of the two. A moment that no Date can hold is an invalid date.
 */
export function instantOf(wall: WallClock, timezone: string): Date {
  const asUtc = utcTime(wall)
  const before = offsetAt(asUtc - 86_400_000, timezone)
  const after = offsetAt(asUtc + 86_400_000, timezone)
  const candidates = [asUtc - before, asUtc - after]
  const exact = candidates.filter((candidate) => offsetAt(candidate, timezone) === asUtc - candidate)
  return new Date(exact.length > 0 ? Math.min(...exact) : asUtc - before)
}

/** The moment at which clocks in UTC show `wall`; unlike `Date.UTC` it does not take the year 75 for 1975. */
export function utcTime(wall: WallClock): number {
  const date = new Date(0)
  date.setUTCFullYear(wall.year, wall.month - 1, wall.day)
  return date.setUTCHours(wall.hour, wall.minute, wall.second)
}

/** Milliseconds that the zone is ahead of UTC at an instant. */
function offsetAt(instant: number, timezone: string): number {
  const wall = wallClockOf(new Date(instant), timezone)
  return utcTime(wall) - Math.floor(instant / 1_000) * 1_000
}

/** Day of the week of a calendar day: 1 is Monday, 7 is Sunday. */
export function weekdayOf({ year, month, day }: Pick<WallClock, 'year' | 'month' | 'day'>): number {
  return new Date(utcTime({ year, month, day, ...MIDNIGHT })).getUTCDay() || 7
}

/** The start of the calendar day `days` after the one `wall` lies in. */
export function startOfDay(wall: WallClock, days = 0): WallClock {
  const shifted = new Date(utcTime({ ...wall, day: wall.day + days, ...MIDNIGHT }))
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    ...MIDNIGHT,
  }
}
