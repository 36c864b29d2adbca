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
      if (numbers.every((value) => Number.isInteger(value) && value >= 0)) return numbers
      context.addIssue({ code: 'custom', message: 'expected whole numbers separated by commas' })
      return z.NEVER
    })
}

/** An http(s) URL without a trailing slash. */
export function httpUrl() {
  return z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''))
}
