/**
 * The words inside a name or value, lower case: `order_placed` is order, placed; `NullPointerException` is
 * null, pointer, exception; `http.status_code` is http, status, code; `HTTPServer2` is http, server2.
 * An inflected abbreviation stays whole: `PATCHed`, `URLs`.
 */
export function splitWords(text: string): string[] {
  if (INFLECTED_CAPITALS.test(text)) return [text.toLowerCase()]
  const words: string[] = []
  let word = ''
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index] as string
    const shape = shapeOf(character)
    if (shape === 'other') {
      if (word !== '') words.push(word)
      word = ''
      continue
    }
    if (word !== '' && startsNewWord(text, index, shape)) {
      words.push(word)
      word = ''
    }
    word += character.toLowerCase()
  }
  if (word !== '') words.push(word)
  return words
}

const INFLECTED_CAPITALS = /^[A-Z]{2,}(?:s|ed|ing)$/

type Shape = 'upper' | 'lower' | 'digit' | 'other'

function shapeOf(character: string): Shape {
  if (character >= 'a' && character <= 'z') return 'lower'
  if (character >= 'A' && character <= 'Z') return 'upper'
  if (character >= '0' && character <= '9') return 'digit'
  if (character === "'" || character === '’') return 'other'
  if (character.toLowerCase() !== character.toUpperCase())
    return character === character.toLowerCase() ? 'lower' : 'upper'
  return 'other'
}

/** A capital starts a word after anything but a capital, and as the last of a run that a small letter follows. */
function startsNewWord(text: string, index: number, shape: Shape): boolean {
  if (shape !== 'upper') return false
  const next = index + 1 < text.length ? shapeOf(text[index + 1] as string) : 'other'
  return shapeOf(text[index - 1] as string) !== 'upper' || next === 'lower'
}
