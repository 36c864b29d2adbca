import type { Diagnostic, Fix } from './diagnostic'
import { createSource, type Source } from './source'

/** Longest part of a line that is shown; around a place in a longer line the rest is cut off. */
const EXCERPT_MAX = 100

/**
 * A diagnostic as text for people: what it says, the line it is about, a caret under the place, the first
 * hint behind the caret and the others below, then the fix when no hint says it. Of a range of several lines
 * the first is shown.
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
export function renderBriefly(diagnostic: Diagnostic, source: Source): string {
  const { code, severity, range } = diagnostic
  const start = source.positionAt(range.start)
  const end = source.positionAt(range.end)
  const place = `${start.line}:${start.column}-${end.line}:${end.column}`
  const level = severity === 'error' ? '' : `${severity} `
  return `${level}${code} ${place} ${sayDiagnostic(diagnostic)}`
}

/** What a diagnostic says, with its hints and without its place. */
export function sayDiagnostic({ message, hints }: Diagnostic): string {
  return [message, ...hints].join('; ')
}

function render(diagnostic: Diagnostic, source: Source): string {
  const { code, severity, message, range } = diagnostic
  const start = source.positionAt(range.start)
  const end = source.positionAt(range.end)
  const goesOn = end.line > start.line
  const line = source.lineAt(start.line)
  const from = start.column - 1
  const to = goesOn ? line.length : end.column - 1
  const excerpt = cutExcerpt(line, from, Math.max(to, from + 1))

  const number = String(start.line)
  const margin = ' '.repeat(number.length)
  const indent = ' '.repeat(displayWidth(excerpt.before))
  const carets = '^'.repeat(Math.max(1, displayWidth(excerpt.marked)))
  const [first, ...others] = adviceOf(diagnostic)
  return [
    `${severity} ${code}: ${message}`,
    `  ${number} | ${excerpt.before}${excerpt.marked}${excerpt.after}`,
    `  ${margin} | ${indent}${carets}${goesOn ? '…' : ''}${first === undefined ? '' : ` ${first}`}`,
    ...others.map((advice) => `  ${margin} | ${indent}${advice}`),
  ].join('\n')
}

/** The hints, and the fix when none of them says it. */
function adviceOf({ hints, fix }: Diagnostic): readonly string[] {
  return fix === undefined || hints.some((hint) => saysFix(hint, fix))
    ? hints
    : [...hints, `fix: ${fix.title}`]
}

function saysFix(hint: string, { title, edits }: Fix): boolean {
  const texts = edits.map(({ newText }) => newText.trim()).filter((text) => text !== '')
  return hint.includes(title) || (texts.length > 0 && texts.every((text) => hint.includes(text)))
}

interface Excerpt {
  readonly before: string
  readonly marked: string
  readonly after: string
}

/** The part of a line around a place; cut before it is cleaned, since a line may be as long as the text. */
function cutExcerpt(line: string, from: number, to: number): Excerpt {
  const start = Math.max(0, Math.min(from - EXCERPT_MAX / 4, line.length - EXCERPT_MAX))
  const end = Math.min(line.length, start + EXCERPT_MAX)
  const cut = (begin: number, stop: number) => clean(line.slice(begin, Math.min(stop, end)))
  return {
    before: start > 0 ? `…${cut(start + 1, from)}` : cut(start, from),
    marked: cut(from, to),
    after: `${cut(to, end)}${end < line.length ? '…' : ''}`,
  }
}

/** Tabs and control characters would put the caret under another place than they show. */
function clean(text: string): string {
  return text.toWellFormed().replace(/\p{Cc}/gu, ' ')
}

/** How many columns a terminal needs: marks that combine take none, ideographs and emoji two. */
function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += WIDE.test(character) ? 2 : COMBINING.test(character) ? 0 : 1
  return width
}

const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|^\p{Emoji_Presentation}/u
const COMBINING = /^\p{M}|^[\u200b-\u200d]/u
