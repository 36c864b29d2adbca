/** A style is the SGR parameter of a terminal, '' for plain text. */
export type Style = string

export interface Piece {
  readonly text: string
  readonly style: Style
}

export const STYLES = {
  plain: '',
  dim: '2',
  bold: '1',
  error: '31',
  waiting: '33',
} as const satisfies Record<string, Style>

/** Colours that tell services apart; red and yellow are left for errors and waiting. */
export const SERVICE_STYLES = [
  '36',
  '32',
  '35',
  '34',
  '96',
  '92',
  '95',
  '94',
] as const satisfies readonly Style[]

const SGR_RESET = '\u001b[0m'
// Control characters, and marks that turn the direction of the text around: whoever names a span must not
// be able to drive the terminal of whoever looks at it.
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const COMBINING = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u

/** Text on one line with nothing in it that a terminal would act on. */
export function toPrintable(text: string): string {
  return text.replaceAll(UNPRINTABLE, '\u00b7')
}

export function piece(text: string, style: Style = STYLES.plain): Piece {
  return { text: toPrintable(text), style }
}

/** Columns that text takes on a terminal: wide characters two, combining ones none. */
export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

function characterWidth(character: string): number {
  if (character < '\u0300') return 1
  if (COMBINING.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

export function widthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((width, { text }) => width + displayWidth(text), 0)
}

/** The pieces cut to `width` columns, an ellipsis telling of it. */
export function cutPieces(pieces: readonly Piece[], width: number): readonly Piece[] {
  if (widthOf(pieces) <= width) return pieces
  const kept: Piece[] = []
  let left = width - 1
  for (const { text, style } of pieces) {
    const cut = cutText(text, left)
    kept.push({ text: cut, style })
    left -= displayWidth(cut)
    if (cut !== text) break
  }
  return width > 0 ? [...kept, { text: '…', style: STYLES.dim }] : []
}

function cutText(text: string, width: number): string {
  let cut = ''
  let left = width
  for (const character of text) {
    left -= characterWidth(character)
    if (left < 0) return cut
    cut += character
  }
  return cut
}

/** The pieces cut or filled with blanks to exactly `width` columns. */
export function fitPieces(pieces: readonly Piece[], width: number): readonly Piece[] {
  const cut = cutPieces(pieces, width)
  return [...cut, { text: ' '.repeat(Math.max(0, width - widthOf(cut))), style: STYLES.plain }]
}

/** One line of text, with SGR sequences only when colour is wanted; never with blanks at its end. */
export function toLine(pieces: readonly Piece[], colour: boolean): string {
  const end = pieces.findLastIndex(({ text }) => text.trim() !== '')
  return pieces
    .slice(0, end + 1)
    .map(({ text, style }, index) => ({ text: index === end ? text.trimEnd() : text, style }))
    .map(({ text, style }) =>
      colour && style !== '' && text !== '' ? `\u001b[${style}m${text}${SGR_RESET}` : text,
    )
    .join('')
}
