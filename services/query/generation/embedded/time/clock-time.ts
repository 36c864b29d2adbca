import { lowerWord as lower } from '../lower-word'
import { readAmount } from '../quantity'
import type { Token } from '../tokenise'

/** A time of day as a question writes it; `meridiem` is missing where it has to be taken from elsewhere. */
export interface ClockTime {
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly meridiem: 'am' | 'pm' | null
  /** False for a bare number, which is a clock time only in company. */
  readonly isPlain: boolean
  readonly end: number
}

/** `06:00`, `5am`, `5 pm`, `9:30pm`, `noon`, `midnight`, and bare numbers 0 to 24 with `isPlain` false. */
export function readClock(tokens: readonly Token[], start: number): ClockTime | null {
  const at = ['at', 'about', 'around'].includes(lower(tokens, start)) ? start + 1 : start
  const token = tokens[at]
  if (token === undefined) return null
  if (token.lower === 'noon' || token.lower === 'midday') return clock(12, 0, 0, null, true, at + 1)
  if (token.lower === 'midnight') return clock(0, 0, 0, null, true, at + 1)
  if (token.kind === 'clock') return readClockText(tokens, at)
  const amount = token.kind === 'number' || token.kind === 'word' ? readAmount(tokens, at) : null
  if (amount === null || !Number.isInteger(amount.value) || amount.value < 0 || amount.value > 24) return null
  const next = lower(tokens, amount.end)
  const meridiem = next === 'am' || next === 'a.m' ? 'am' : next === 'pm' || next === 'p.m' ? 'pm' : null
  const hasHour = next === "o'clock" || next === 'oclock'
  const end = amount.end + (meridiem !== null || hasHour ? 1 : 0)
  return clock(amount.value, 0, 0, meridiem, meridiem !== null || hasHour, end)
}

function readClockText(tokens: readonly Token[], at: number): ClockTime | null {
  const text = (tokens[at] as Token).lower
  const meridiemGlued = text.endsWith('am') ? 'am' : text.endsWith('pm') ? 'pm' : null
  const digits = meridiemGlued === null ? text : text.slice(0, -2)
  const [hour, minute = 0, second = 0] = digits.replace('z', '').split(':').map(Number) as [
    number,
    number?,
    number?,
  ]
  const next = lower(tokens, at + 1)
  const meridiemAfter = meridiemGlued === null && (next === 'am' || next === 'pm') ? next : null
  if (hour > 24 || minute > 59 || second > 59) return null
  return clock(
    hour,
    minute,
    second,
    meridiemGlued ?? meridiemAfter,
    true,
    at + (meridiemAfter === null ? 1 : 2),
  )
}

function clock(
  hour: number,
  minute: number,
  second: number,
  meridiem: ClockTime['meridiem'],
  isPlain: boolean,
  end: number,
): ClockTime {
  return { hour, minute, second, meridiem, isPlain, end }
}

/** The hour 0 to 24 of a clock time, `fallback` standing in for a missing am or pm. */
export function hourOf(time: ClockTime, fallback: ClockTime['meridiem'] = null): number {
  const meridiem = time.meridiem ?? fallback
  if (meridiem === 'pm' && time.hour < 12) return time.hour + 12
  return meridiem === 'am' && time.hour === 12 ? 0 : time.hour
}
