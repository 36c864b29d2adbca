import type { AnalyseOptions } from '../analyse'
import { COMMANDS } from '../catalogue/commands'
import type { TextRange } from '../tree/ast'

/** Something that may stand at a place of a query. */
export interface Completion {
  readonly label: string
  readonly kind: string
  /** What replaces `range`. */
  readonly insertText: string
  readonly range: TextRange
  readonly detail: string
  readonly documentation: string
}

/** What may follow at an offset of a query, the likeliest first. Never throws. */
export function complete(text: string, offset: number, _options: AnalyseOptions = {}): readonly Completion[] {
  const end = Math.max(0, Math.min(offset, text.length))
  const typed = /\w*$/.exec(text.slice(Math.max(0, end - LONGEST_WORD), end))?.[0] ?? ''
  return COMMANDS.filter(({ name }) => name.startsWith(typed.toLowerCase())).map(
    ({ name, syntax, summary }) => ({
      label: name,
      kind: 'command',
      insertText: name,
      range: { start: end - typed.length, end },
      detail: syntax,
      documentation: summary,
    }),
  )
}

const LONGEST_WORD = 40
