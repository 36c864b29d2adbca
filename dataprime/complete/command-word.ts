/** The word, or two words, that a stage begins with. */

import type { WordPart } from '../catalogue/clauses'
import { COMMAND_WORDS, COMMANDS, type Command, commandNamed } from '../catalogue/commands'
import { closestWord } from '../diagnostics/suggestion'
import { commandReadAs, FOREIGN_COMMANDS } from '../syntax/foreign/commands'
import { isWord } from '../syntax/token-stream'
import type { Token } from '../syntax/tokens'
import type { Expectation } from './expectation'

export interface StartedStage {
  readonly command: Command
  /** How many tokens its word takes. */
  readonly wordCount: number
}

/** Longer than any command word, so that a huge name is not copied to look it up. */
const LONGEST_COMMAND = 24

/** The command that the first tokens of a stage name. */
export function findCommand(tokens: readonly Token[]): StartedStage | undefined {
  const [first] = tokens
  if (first?.kind !== 'name' || first.text.length > LONGEST_COMMAND) return undefined
  const spoken = SPOKEN_COMMANDS.find(({ words }) => wordsAt(tokens, 0, words) === words.length)
  if (spoken !== undefined) return { command: spoken.command, wordCount: spoken.words.length }
  const command = commandMeant(first.text)
  if (command === undefined) return undefined
  // `group by` and the like are one word here.
  const second = tokens[1]
  const bySecond = !COMMAND_WORDS.has(first.text) && second !== undefined && isWord(second, 'by')
  return { command, wordCount: bySecond ? 2 : 1 }
}

/** The command of a word; of a foreign or misspelt one the command that it is read as. */
function commandMeant(text: string): Command | undefined {
  const word = text.toLowerCase()
  const command = COMMAND_WORDS.get(word)
  if (command !== undefined) return command
  const foreign = FOREIGN_COMMANDS.get(word)
  if (foreign !== undefined) {
    const name = commandReadAs(foreign)
    return name === undefined ? undefined : commandNamed(name)
  }
  const meant = closestWord(word, COMMAND_WORDS.keys())
  return meant === undefined ? undefined : COMMAND_WORDS.get(meant)
}

/** The synonyms of commands that are two words. */
const SPOKEN_COMMANDS = COMMANDS.flatMap((command) =>
  command.synonyms
    .filter((synonym) => synonym.includes(' '))
    .map((synonym) => ({ command, words: synonym.split(' ') })),
)

/** What goes on from a command of two words of which the first is written. */
export function expectSecondWord(tokens: readonly Token[]): readonly Expectation[] {
  return SPOKEN_COMMANDS.filter(({ words }) => wordsAt(tokens, 0, words) === tokens.length).map(
    ({ command, words }) => {
      const text = words.slice(tokens.length).join(' ')
      const part: WordPart = {
        kind: 'word',
        word: text,
        summary: command.summary,
        synonyms: [],
        mayBeLeftOut: false,
      }
      return { kind: 'word', text, part }
    },
  )
}

/** How many of the words stand at an index. */
export function wordsAt(tokens: readonly Token[], from: number, words: readonly string[]): number {
  let count = 0
  while (count < words.length) {
    const token = tokens[from + count]
    if (token === undefined || !isWord(token, words[count] as string)) break
    count++
  }
  return count
}
