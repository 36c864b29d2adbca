import { isDigit, isWordPart } from './characters'
import { INTERVAL_UNITS } from './interval'

/**
 * A number or interval found in a text.
 *
 * - plain:        as documented
 * - undocumented: understood, but no documentation shows it; `form` names what
 * - disordered:   an interval whose units do not run from large to small
 * - malformed:    digits with letters that are neither
 */
export interface ScannedNumber {
  readonly kind: 'number' | 'interval'
  readonly end: number
  readonly shape: 'plain' | 'undocumented' | 'disordered' | 'malformed'
  readonly form: string
}

/**
 * Number   = digits [ "." digits ]
 * Interval = digits unit { digits unit }
 *
 * Reads the one that begins at `start`, where a digit stands. A dot that no digit follows is not part of
 * it: `3.power(2)` calls a method.
 */
export function scanNumber(text: string, start: number): ScannedNumber {
  const whole = digitsEnd(text, start)
  const fraction = text.charCodeAt(whole) === 46 && isDigit(text.charCodeAt(whole + 1))
  const numberEnd = fraction ? digitsEnd(text, whole + 1) : whole
  const end = wordEnd(text, numberEnd)
  if (end === numberEnd) return { kind: 'number', end, shape: 'plain', form: '' }

  const exponent = exponentEnd(text, numberEnd)
  if (exponent !== undefined) {
    return { kind: 'number', end: exponent, shape: 'undocumented', form: 'a number with an exponent' }
  }
  const interval = intervalShape(text, numberEnd, end)
  if (interval !== undefined) {
    const shape = fraction && interval === 'plain' ? 'undocumented' : interval
    return { kind: 'interval', end, shape, form: `the interval "${text.slice(start, end)}"` }
  }
  const separated = /^(_[0-9]+)+$/.test(text.slice(numberEnd, end))
  return {
    kind: 'number',
    end,
    shape: separated ? 'undocumented' : 'malformed',
    form: 'a separator between digits',
  }
}

function digitsEnd(text: string, from: number): number {
  let end = from
  while (isDigit(text.charCodeAt(end))) end++
  return end
}

function wordEnd(text: string, from: number): number {
  let end = from
  while (isWordPart(text.charCodeAt(end))) end++
  return end
}

function exponentEnd(text: string, numberEnd: number): number | undefined {
  const letter = text.charCodeAt(numberEnd)
  if (letter !== 101 && letter !== 69 /* e, E */) return undefined
  const sign = text.charCodeAt(numberEnd + 1)
  const digits = numberEnd + (sign === 43 || sign === 45 ? 2 : 1)
  const end = digitsEnd(text, digits)
  return end > digits && wordEnd(text, end) === end ? end : undefined
}

const DAY = INTERVAL_UNITS.get('d') as number
const LONGEST_UNIT = 2

/** The shape of the interval whose first unit begins at `unitsStart`; undefined when it is no interval. */
function intervalShape(
  text: string,
  unitsStart: number,
  end: number,
): 'plain' | 'undocumented' | 'disordered' | undefined {
  let shape: 'plain' | 'undocumented' | 'disordered' = 'plain'
  let smallest = Number.POSITIVE_INFINITY
  for (let at = unitsStart; at < end; ) {
    let unitEnd = at
    while (unitEnd < end && !isDigit(text.charCodeAt(unitEnd))) unitEnd++
    const length = unitEnd - at > LONGEST_UNIT ? undefined : INTERVAL_UNITS.get(text.slice(at, unitEnd))
    if (length === undefined) return undefined
    if (length >= smallest) shape = 'disordered'
    else if (length > DAY && shape === 'plain') shape = 'undocumented'
    smallest = length
    at = digitsEnd(text, unitEnd)
    // Digits after the last unit, as in `1h30`, leave their own unit open.
    if (at > unitEnd && at === end) return undefined
  }
  return shape
}
