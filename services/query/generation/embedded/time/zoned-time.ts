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

/** What the clocks of `timezone` show at an instant. Throws a RangeError for an unknown zone. */
export function wallClockOf(instant: Date, timezone: string): WallClock {
  const parts = new Map(
    formatFor(timezone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  )
  const part = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name))
  return {
    year: part('year'),
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
 * one that it repeats means the first of the two.
 */
export function instantOf(wall: WallClock, timezone: string): Date {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second)
  const before = offsetAt(asUtc - 86_400_000, timezone)
  const after = offsetAt(asUtc + 86_400_000, timezone)
  const candidates = [asUtc - before, asUtc - after]
  const exact = candidates.filter((candidate) => offsetAt(candidate, timezone) === asUtc - candidate)
  return new Date(exact.length > 0 ? Math.min(...exact) : asUtc - before)
}

/** Milliseconds that the zone is ahead of UTC at an instant. */
function offsetAt(instant: number, timezone: string): number {
  const wall = wallClockOf(new Date(instant), timezone)
  const shown = Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second)
  return shown - Math.floor(instant / 1_000) * 1_000
}

/** Day of the week of a calendar day: 1 is Monday, 7 is Sunday. */
export function weekdayOf(wall: Pick<WallClock, 'year' | 'month' | 'day'>): number {
  return new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay() || 7
}

/** The start of the calendar day `days` after the one `wall` lies in. */
export function startOfDay(wall: WallClock, days = 0): WallClock {
  const shifted = new Date(Date.UTC(wall.year, wall.month - 1, wall.day + days))
  return {
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    day: shifted.getUTCDate(),
    hour: 0,
    minute: 0,
    second: 0,
  }
}
