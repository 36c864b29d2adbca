import type { Diagnostic } from './diagnostic'
import { createSource, type Source } from './source'

/** Longest part of a line that is shown; around a place in a longer line the rest is cut off. */
const EXCERPT_MAX = 100

/**
 * A diagnostic as text for people: what it says, the line it is about, a caret under the place, the first
 * hint behind the caret and the others below.
 *
 *     error DP0103: unknown command "filtr"
 *       2 | | filtr status == 500
 *         |   ^^^^^ did you mean "filter"?
 */
export function renderDiagnostic(diagnostic: Diagnostic, text: string): string {
  return render(diagnostic, createSource(text))
}

/** Several diagnostics about one text, a blank line between them. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], text: string): string {
  const source = createSource(text)
  return diagnostics.map((diagnostic) => render(diagnostic, source)).join('\n\n')
}

/** `DP0103 2:3-2:8 unknown command "filtr"; did you mean "filter"?`: a diagnostic on one line. */
export function renderBriefly({ code, severity, message, range, hints }: Diagnostic, source: Source): string {
  const start = source.positionAt(range.start)
  const end = source.positionAt(range.end)
  const place = `${start.line}:${start.column}-${end.line}:${end.column}`
  const level = severity === 'error' ? '' : `${severity} `
  return `${level}${code} ${place} ${[message, ...hints].join('; ')}`
}

function render({ code, severity, message, range, hints }: Diagnostic, source: Source): string {
  const start = source.positionAt(range.start)
  const end = source.positionAt(range.end)
  const line = source.lineAt(start.line)
  const from = start.column - 1
  const to = end.line === start.line ? Math.max(end.column - 1, from + 1) : Math.max(line.length, from + 1)
  const excerpt = cutExcerpt(line, from, to)

  const number = String(start.line)
  const margin = ' '.repeat(number.length)
  const [first, ...others] = hints
  return [
    `${severity} ${code}: ${message}`,
    `  ${number} | ${excerpt.text}`,
    `  ${margin} | ${' '.repeat(excerpt.from)}${'^'.repeat(excerpt.length)}${first === undefined ? '' : ` ${first}`}`,
    ...others.map((hint) => `  ${margin} | ${' '.repeat(excerpt.from)}${hint}`),
  ].join('\n')
}

function cutExcerpt(line: string, from: number, to: number): { text: string; from: number; length: number } {
  // Tabs and control characters would put the caret under another place than they show.
  const visible = line.toWellFormed().replace(/\p{Cc}/gu, ' ')
  if (visible.length <= EXCERPT_MAX) return { text: visible, from, length: to - from }
  const start = Math.max(0, Math.min(from - EXCERPT_MAX / 4, visible.length - EXCERPT_MAX))
  const cut = visible.slice(start, start + EXCERPT_MAX)
  return {
    text: cut,
    from: from - start,
    length: Math.max(1, Math.min(to - from, start + EXCERPT_MAX - from)),
  }
}
