import { z } from 'zod'
import { timestampSchema } from './text'

/** A place in a list that is ordered by time: an entry, or a time alone when the id is empty. */
export interface PageCursor {
  /** In UTC, so that times can be compared as text. */
  readonly time: string
  /** Which of the entries of this very time. */
  readonly id: string
}

/** The place before the first entry of a list, oldest first. */
export const BEFORE_ALL: PageCursor = { time: '', id: '' }

/** Separates the two in a cursor's text; no timestamp and no id has it. */
const SEPARATOR = '~'

/** A timestamp, or what the page before gave as `field`. */
export function pageCursorSchema(field: 'next_before' | 'next_after') {
  return z.string().transform((text, context): PageCursor => {
    const [time = '', id = ''] = text.split(SEPARATOR)
    if (timestampSchema.safeParse(time).success) return { time: new Date(time).toISOString(), id }
    context.addIssue({
      code: 'custom',
      message: `expected an ISO 8601 timestamp with an offset, or the ${field} of the page before`,
    })
    return z.NEVER
  })
}

export function toPageMark({ time, id }: PageCursor): string {
  return `${time}${SEPARATOR}${id}`
}

/** Where the page after `rows` begins; null when there is none, because `rows` are fewer than the page could have. */
export function toNextPageMark<Row>(
  rows: readonly Row[],
  limit: number,
  toCursor: (last: Row) => PageCursor,
): string | null {
  const last = rows.at(-1)
  return last === undefined || rows.length < limit ? null : toPageMark(toCursor(last))
}
