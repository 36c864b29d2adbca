/** How messages of diagnostics quote what was found and offer what was meant. */

export function didYouMean(suggestion: string | undefined): readonly string[] {
  return suggestion === undefined ? [] : [`did you mean "${suggestion}"?`]
}

/** What was found, for a message: quoted, cut when long, and by its name when it has no text. */
export function quote(found: string): string {
  return found === '' ? 'the end of the stage' : `"${shorten(found)}"`
}

const LONGEST_QUOTE = 40

export function shorten(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE).toWellFormed()}…` : text.toWellFormed()
}

export function oneOf(options: readonly string[]): string {
  return options.length < 2 ? options.join('') : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`
}

/** Control characters and lone surrogates are named by number, since they do not show. */
export function describeCharacters(text: string): string {
  const visible = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(text) && text.isWellFormed()
  if (visible) return `"${shorten(text)}"`
  const code = (text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return text.length === 1 ? `character U+${code}` : `characters from U+${code}`
}
