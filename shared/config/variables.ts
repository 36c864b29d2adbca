import { z } from 'zod'

/** Builders for the kinds of variables the mesh has; each has a default and a unit in its name. */

export function port(defaultPort: number) {
  return z.coerce.number().int().min(0).max(65_535).default(defaultPort)
}

/** A whole number of milliseconds, bytes, items …: at least `min` (1 unless told otherwise). */
export function wholeNumber(defaultValue: number, range: { min?: number; max?: number } = {}) {
  return z.coerce
    .number()
    .int()
    .min(range.min ?? 1)
    .max(range.max ?? Number.MAX_SAFE_INTEGER)
    .default(defaultValue)
}

/** The most that a timer of Node.js takes; a longer one would fire at once. */
const TIMER_MAX_MS = 2_147_483_647

/** A whole number of milliseconds that a timer can wait for. */
export function milliseconds(defaultValue: number, range: { min?: number } = {}) {
  return wholeNumber(defaultValue, { ...range, max: TIMER_MAX_MS })
}

/** `true`/`false`, `1`/`0`, `yes`/`no`, `on`/`off`. */
export function flag(defaultValue: boolean) {
  return z.stringbool().default(defaultValue)
}

/** Comma-separated whole numbers. */
export function numberList(defaultValue: readonly number[]) {
  return z
    .string()
    .default(defaultValue.join(','))
    .transform((text, context) => {
      const numbers = text.split(',').map((part) => Number(part.trim()))
      if (text.trim() === '') return []
      if (numbers.every((value) => Number.isInteger(value) && value >= 0 && value <= TIMER_MAX_MS))
        return numbers
      context.addIssue({ code: 'custom', message: 'expected whole numbers separated by commas' })
      return z.NEVER
    })
}

/** An http(s) URL without a trailing slash. */
export function httpUrl() {
  return z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))
}
