/**
 * Backslash escapes of strings and of the text in interpolated strings.
 *
 * Both directions agree on one point the documentation leaves open: a backslash before a character that
 * has no escape stands for itself, so `'\d+'` is the text `\d+` and is printed as it was read.
 */

const ESCAPED: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '\\': '\\',
  '`': '`',
  '{': '{',
  '}': '}',
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  b: '\b',
}

const CONTROL: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
}

/** Resolves the escapes in the raw text between the quotes. */
export function unescapeText(raw: string): string {
  if (!raw.includes('\\')) return raw
  let text = ''
  let copied = 0
  for (let at = raw.indexOf('\\'); at !== -1; at = raw.indexOf('\\', at)) {
    const character = ESCAPED[raw.charAt(at + 1)]
    if (character === undefined) {
      at += 1
      continue
    }
    text += raw.slice(copied, at) + character
    at += 2
    copied = at
  }
  return text + raw.slice(copied)
}

/** The raw text of a string in the given quotes; `unescapeText` gives the value back. */
export function escapeString(value: string, quote: "'" | '"'): string {
  return escapeCharacters(value, quote)
}

/** The raw text of a literal part of an interpolated string. */
export function escapeTemplateText(value: string): string {
  return escapeCharacters(value, '`{}')
}

function escapeCharacters(value: string, reserved: string): string {
  let text = ''
  for (let index = 0; index < value.length; index++) {
    const character = value.charAt(index)
    if (character === '\\') text += backslash(value, index)
    else if (reserved.includes(character)) text += `\\${character}`
    else text += CONTROL[character] ?? character
  }
  return text
}

/** A backslash stays single where the character after it would not make an escape of the two. */
function backslash(value: string, index: number): string {
  const next = value.charAt(index + 1)
  const readsAsEscape = next === '' || next in ESCAPED || next in CONTROL
  return readsAsEscape ? '\\\\' : '\\'
}
