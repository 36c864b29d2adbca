import { z } from 'zod'

/** Lengths of what users send; each service that takes user text has these in its configuration. */
export interface TextLimits {
  /** Characters of a question. */
  readonly questionLengthMax: number
  /** Characters of a DataPrime query. */
  readonly queryLengthMax: number
}

/** C0 and C1 control characters but for tab, line feed and carriage return, and lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\p{Surrogate}/u

/** Text a person wrote: not blank, at most `lengthMax` characters, nothing unprintable in it. */
export function humanText(lengthMax: number) {
  return z
    .string()
    .max(lengthMax, `expected at most ${lengthMax} characters`)
    .superRefine((text, context) => {
      if (text.trim() === '') {
        context.addIssue({ code: 'custom', message: 'expected some text, found only white space' })
      }
      const position = text.search(UNPRINTABLE)
      if (position >= 0) {
        const code = text.charCodeAt(position).toString(16).padStart(4, '0').toUpperCase()
        context.addIssue({ code: 'custom', message: `control character U+${code} at position ${position}` })
      }
    })
}

/** An id that a client or a service gives: visible ASCII, so that it is safe in paths, logs and headers. */
export const idSchema = z
  .string()
  .regex(/^[\w.:@-]{1,128}$/, 'expected 1 to 128 letters, digits or any of . _ : @ -')

/** Whatever its offset, it is in the years 0 to 9999 of UTC: beyond them, times in UTC do not compare as text. */
export const timestampSchema = z.iso
  .datetime({
    offset: true,
    abort: true,
    message: 'expected an ISO 8601 timestamp with an offset, such as 2025-03-12T10:20:00Z',
  })
  .refine((text) => /^\d/.test(new Date(text).toISOString()), 'expected a time in the years 0 to 9999 of UTC')

/** An IANA time zone that this runtime knows. */
export const timeZoneSchema = z
  .string()
  .refine(isTimeZone, 'expected an IANA time zone, such as Europe/Zurich')

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    return false
  }
}
