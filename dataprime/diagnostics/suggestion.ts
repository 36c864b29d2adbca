/**
 * The candidate that `word` was most likely meant to be, or undefined when none is close: at most one
 * mistake (a letter too many, missing, wrong, or two swapped) for each three letters, case not counted.
 */
export function closestWord(word: string, candidates: Iterable<string>): string | undefined {
  // A longer word is no misspelt name, and comparing it would cost time for nothing.
  if (word.length > LONGEST_WORD || word.length < SHORTEST_WORD) return undefined
  const wanted = word.toLowerCase()
  const tolerance = Math.max(1, Math.floor(word.length / 3))
  let closest: string | undefined
  let least = tolerance + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < least && distance < candidate.length) {
      closest = candidate
      least = distance
    }
  }
  return closest
}

/**
 * Whether a word is a slip of the finger for another, and not perhaps a word of its own: one mistake in a word
 * of four letters or more, two in one of eight, with the same first letter. `notContains` is nearly `contains`
 * and means the opposite.
 */
export function isSlipOf(word: string, meant: string): boolean {
  const [written, wanted] = [word.toLowerCase(), meant.toLowerCase()]
  if (written === wanted) return true
  if (written.length < SHORTEST_SLIP || written.length > LONGEST_WORD) return false
  const most = written.length >= LONG_SLIP ? 2 : 1
  const swapped = written.charAt(0) === wanted.charAt(1) && written.charAt(1) === wanted.charAt(0)
  if (written.charAt(0) !== wanted.charAt(0) && !swapped) return false
  return Math.abs(written.length - wanted.length) <= most && editDistance(written, wanted) <= most
}

const SHORTEST_SLIP = 4
const LONG_SLIP = 8

/** Finds the closest of some words, a limited number of times. */
export type Suggest = (word: string, candidates: Iterable<string>) => string | undefined

/**
 * Suggestions for one text. After `most` of them it finds none any more: as many diagnostics are not shown,
 * and a text of nothing but unknown words would take long.
 */
export function createSuggester(most: number): Suggest {
  let left = most
  return (word, candidates) => (left-- > 0 ? closestWord(word, candidates) : undefined)
}

const LONGEST_WORD = 40
/** Of one or two letters nearly every short name is a letter away. */
const SHORTEST_WORD = 3

/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1)
      let distance = Math.min(
        cell(previous, j) + 1,
        cell(current, j - 1) + 1,
        cell(previous, j - 1) + (same ? 0 : 1),
      )
      const swapped =
        i > 1 &&
        j > 1 &&
        a.charCodeAt(i - 1) === b.charCodeAt(j - 2) &&
        a.charCodeAt(i - 2) === b.charCodeAt(j - 1)
      if (swapped) distance = Math.min(distance, cell(beforePrevious, j - 2) + 1)
      current.push(distance)
    }
    beforePrevious = previous
    previous = current
  }
  return cell(previous, b.length)
}

function cell(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
