import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCorpus } from '../testing/corpus-file'
import {
  REFERENCE_CLAUSE_WORDS,
  REFERENCE_COMMANDS,
  REFERENCE_EXTRACTORS,
  REFERENCE_FUNCTIONS,
} from '../testing/reference-names'
import { COMMANDS } from './commands'
import { EXTRACTORS } from './extractors'
import { FUNCTIONS, signaturesOf } from './functions'

const queries = readCorpus().flatMap(({ cases }) => cases.map(({ query }) => query))
const corpus = queries.join('\n')
const names = Object.values(REFERENCE_FUNCTIONS).flat()

function absentWords(words: readonly string[], patternOf: (word: string) => RegExp): readonly string[] {
  return words.filter((word) => !patternOf(word).test(corpus))
}

test('the reference is whole', () => {
  assert.equal(REFERENCE_COMMANDS.length, 31)
  assert.equal(new Set(names).size, 117)
})

test('the catalogue has every command of the reference with all its words, and no other command', () => {
  const documented = COMMANDS.map(({ name, synonyms }) => [name, ...synonyms].sort())

  assert.deepEqual(documented, REFERENCE_COMMANDS.map((words) => [...words].sort()).sort(byFirstWord))
  function byFirstWord(one: readonly string[], other: readonly string[]) {
    const nameOf = (words: readonly string[]) =>
      REFERENCE_COMMANDS.find((command) => command.includes(words[0] as string))?.[0] ?? ''
    return nameOf(one).localeCompare(nameOf(other))
  }
})

test('every word of every command of the reference begins a stage in the corpus', () => {
  const begins = (word: string) => new RegExp(`(^|[|(]\\s*)${word.replace(' ', '\\s+')}\\b`, 'm')

  assert.deepEqual(absentWords(REFERENCE_COMMANDS.flat(), begins), [])
})

test('every word of a clause occurs in the corpus', () => {
  assert.deepEqual(
    absentWords(REFERENCE_CLAUSE_WORDS, (word) => new RegExp(`\\b${word}\\b`)),
    [],
  )
})

test('the catalogue has every function of the reference, and no other documented one', () => {
  const missing = names.filter((name) => signaturesOf(name).length === 0)
  const more = FUNCTIONS.filter(({ name, documented }) => documented && !names.includes(name))

  assert.deepEqual(missing, [])
  assert.deepEqual(
    more.map(({ name }) => name),
    [],
  )
})

test('every function of the reference is called in the corpus', () => {
  assert.deepEqual(
    absentWords(names, (name) => new RegExp(`\\b${name}\\(`)),
    [],
  )
})

test('every extractor of the reference is in the catalogue and in the corpus', () => {
  assert.deepEqual(
    EXTRACTORS.map(({ name }) => name),
    REFERENCE_EXTRACTORS,
  )
  assert.deepEqual(
    absentWords(REFERENCE_EXTRACTORS, (name) => new RegExp(`\\busing ${name}\\b`)),
    [],
  )
})
