/** Classes of characters by UTF-16 code, for the lexer. */

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** An ASCII letter or underscore. */
export function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95
}

/** An ASCII letter, digit or underscore. */
export function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code)
}

export function isLineEnd(code: number): boolean {
  return code === 10 || code === 13
}

/** White space that some editors and web pages put in place of a blank, and marks that show nothing at all. */
export function isUnusualWhiteSpace(code: number): boolean {
  return (
    code === 0x0b ||
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200d) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x2060 ||
    code === 0x3000 ||
    code === 0xfeff
  )
}

const LETTER = /^[\p{L}\p{M}\p{N}]$/u

/** The length in UTF-16 units of the letter outside ASCII at `at`, or 0 when there is none. */
export function nonAsciiLetterLength(text: string, at: number): number {
  const code = text.codePointAt(at)
  if (code === undefined || code < 0x80 || !LETTER.test(String.fromCodePoint(code))) return 0
  return code > 0xffff ? 2 : 1
}

/** The closing partner of an opening typographic quote, or undefined for any other character. */
export function closingTypographicQuote(code: number): string | undefined {
  if (code === 0x2018 || code === 0x2019) return '\u2019'
  if (code === 0x201c || code === 0x201d || code === 0x201e) return '\u201d'
  return undefined
}
