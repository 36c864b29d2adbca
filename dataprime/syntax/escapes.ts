/**
 * Backslash escapes of strings and of the text in interpolated strings.
 *
 * The documentation leaves open what a backslash before any other character means. Here it stands for
 * itself, and is printed as two: `'\d+'` is the text `\d+`, which `'\\d+'` is beyond doubt.
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
  for (const character of value.split('')) {
    if (character === '\\' || reserved.includes(character)) text += `\\${character}`
    else text += CONTROL[character] ?? character
  }
  return text
}
