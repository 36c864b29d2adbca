import type { TextEdit } from '../diagnostics/diagnostic'
import type { TextRange } from '../tree/ast'

/** An edit with the reason for it. */
export interface ReasonedEdit extends TextEdit {
  readonly why: string
}

/** A stretch of the text at hand: kept from the original, or put in the place of a range of it. */
interface Piece {
  /** What it stands for in the original text. */
  readonly origin: TextRange
  /** Null for a stretch that is as it was. */
  readonly newText: string | null
  readonly why: readonly string[]
}

/**
 * A text that is edited in several rounds and still knows what each place of the original has become.
 *
 * Between two rounds the text is a sequence of pieces, in order and without gaps. A round cuts kept pieces
 * where an edit begins or ends; a piece that was written before and is edited again becomes one piece with
 * the new one, so that what comes out in the end is one list of edits of the original.
 */
export class EditedText {
  readonly #original: string
  readonly #pieces: readonly Piece[]
  readonly text: string

  constructor(original: string, pieces?: readonly Piece[]) {
    this.#original = original
    this.#pieces = pieces ?? [{ origin: { start: 0, end: original.length }, newText: null, why: [] }]
    this.text = this.#pieces.map((piece) => this.#textOf(piece)).join('')
  }

  /** The text with edits applied to it; they are in the order of the text and do not overlap. */
  with(edits: readonly ReasonedEdit[]): EditedText {
    const pieces: Piece[] = []
    const queue = [...this.#pieces].reverse()
    let at = 0
    const takeUntil = (offset: number) => {
      while (queue.length > 0 && at < offset) {
        const [head, tail] = this.#split(queue.pop() as Piece, offset - at)
        pieces.push(head)
        at += this.#textOf(head).length
        if (tail !== null) queue.push(tail)
      }
    }
    for (const { range, newText, why } of edits) {
      takeUntil(range.start)
      const first = pieces.length
      takeUntil(range.end)
      const replaced = pieces.splice(first)
      const origin = this.#originOf(replaced, pieces.at(-1), queue.at(-1))
      pieces.push({ origin, newText, why: [...replaced.flatMap((piece) => piece.why), why] })
    }
    takeUntil(Number.POSITIVE_INFINITY)
    return new EditedText(this.#original, joinNeighbours(pieces))
  }

  /** What was changed, as edits of the original text: in order, not overlapping, each with all its reasons. */
  edits(): readonly (ReasonedEdit & { readonly was: string })[] {
    return this.#pieces.flatMap(({ origin, newText, why }) => {
      const was = this.#original.slice(origin.start, origin.end)
      if (newText === null || newText === was) return []
      return [{ range: origin, was, newText, why: [...new Set(why)].join('; ') }]
    })
  }

  #textOf({ origin, newText }: Piece): string {
    return newText ?? this.#original.slice(origin.start, origin.end)
  }

  /** Cuts a piece after a number of characters; the first half of a written one stands for all of its origin. */
  #split(piece: Piece, length: number): readonly [Piece, Piece | null] {
    const text = this.#textOf(piece)
    if (length >= text.length) return [piece, null]
    const { origin, newText, why } = piece
    if (newText === null) {
      const middle = origin.start + length
      return [
        { ...piece, origin: { start: origin.start, end: middle } },
        { ...piece, origin: { start: middle, end: origin.end } },
      ]
    }
    const rest = { start: origin.end, end: origin.end }
    return [
      { origin, newText: newText.slice(0, length), why },
      { origin: rest, newText: newText.slice(length), why },
    ]
  }

  #originOf(replaced: readonly Piece[], before: Piece | undefined, after: Piece | undefined): TextRange {
    const first = replaced[0]
    const last = replaced.at(-1)
    if (first !== undefined && last !== undefined) {
      return { start: first.origin.start, end: last.origin.end }
    }
    const at = before?.origin.end ?? after?.origin.start ?? 0
    return { start: at, end: at }
  }
}

/** Written pieces that touch in the original are one change. */
function joinNeighbours(pieces: readonly Piece[]): readonly Piece[] {
  const joined: Piece[] = []
  let run: Piece[] = []
  const endRun = () => {
    if (run.length > 0) joined.push(joinWritten(run))
    run = []
  }
  for (const piece of pieces) {
    if (piece.newText !== null) run.push(piece)
    else {
      endRun()
      joined.push(piece)
    }
  }
  endRun()
  return joined
}

function joinWritten(pieces: readonly Piece[]): Piece {
  const [first, last] = [pieces[0] as Piece, pieces.at(-1) as Piece]
  return {
    origin: { start: first.origin.start, end: last.origin.end },
    newText: pieces.map(({ newText }) => newText).join(''),
    why: [...new Set(pieces.flatMap(({ why }) => why))],
  }
}
