import { COMMANDS, EXTRACTORS, signaturesOf } from '#dataprime'
import { type CorpusFile, readCorpus } from '../../dataprime/testing/corpus-file'
import {
  REFERENCE_COMMANDS,
  REFERENCE_EXTRACTORS,
  REFERENCE_FUNCTIONS,
} from '../../dataprime/testing/reference-names'
import { code, table } from './markdown'

/** The names of the public documentation against catalogue and corpus, read from all three. */
export function renderCoverage(): string {
  const files = readCorpus()
  return [
    `The left side is copied from the language’s public documentation, the right side counted in catalogue and corpus; a test
fails when they differ.`,
    renderTotals(files),
    renderCommandCoverage(files),
    renderFunctionCoverage(files),
  ].join('\n\n')
}

function renderTotals(files: readonly CorpusFile[]): string {
  const words = REFERENCE_COMMANDS.flat()
  const functions = [...new Set(Object.values(REFERENCE_FUNCTIONS).flat())]
  const rows = [
    row(
      'commands',
      REFERENCE_COMMANDS.map(([name]) => name as string),
      isCommandWord,
      beginsStage,
    ),
    row('words for commands', words, isCommandWord, beginsStage),
    row('functions', functions, isFunction, isCalled),
    row('extractors', REFERENCE_EXTRACTORS, isExtractor, isCalled),
  ]
  return table(['', 'documented', 'in the catalogue', 'in the corpus'], rows)

  function row(
    what: string,
    names: readonly string[],
    isKnown: (name: string) => boolean,
    pattern: (name: string) => RegExp,
  ) {
    const shown = names.filter((name) => filesWith(files, pattern(name)).length > 0)
    return [what, names.length, names.filter(isKnown).length, shown.length].map(String)
  }
}

function renderCommandCoverage(files: readonly CorpusFile[]): string {
  const rows = REFERENCE_COMMANDS.map((words) => [
    words.map(code).join(', '),
    words.every(isCommandWord) ? 'all' : words.filter(isCommandWord).map(code).join(', '),
    linkTo(files, new RegExp(words.map((word) => beginsStage(word).source).join('|'), 'm'), words),
  ])
  return table(['documented command', 'in the catalogue', 'shown in'], rows)
}

function renderFunctionCoverage(files: readonly CorpusFile[]): string {
  const rows = Object.entries(REFERENCE_FUNCTIONS).flatMap(([group, names]) =>
    names.map((name) => [
      code(name),
      group,
      isFunction(name) ? 'yes' : 'no',
      linkTo(files, isCalled(name), []),
    ]),
  )
  return table(['documented function', 'chapter', 'in the catalogue', 'shown in'], rows)
}

function isCommandWord(word: string): boolean {
  return COMMANDS.some(({ name, synonyms }) => name === word || synonyms.includes(word))
}

function isFunction(name: string): boolean {
  return signaturesOf(name).length > 0
}

function isExtractor(name: string): boolean {
  return EXTRACTORS.some((extractor) => extractor.name === name)
}

function beginsStage(word: string): RegExp {
  return new RegExp(`(?:^|[|(]\\s*)${word.replace(' ', '\\s+')}\\b`, 'm')
}

function isCalled(name: string): RegExp {
  return new RegExp(`\\b${name}\\s*\\(`)
}

function filesWith(files: readonly CorpusFile[], pattern: RegExp): readonly CorpusFile[] {
  return files.filter(({ cases }) => cases.some(({ query }) => pattern.test(query)))
}

/** A link to the file that is named after one of the words, or else to the one that has the most of it. */
function linkTo(files: readonly CorpusFile[], pattern: RegExp, words: readonly string[]): string {
  const countIn = ({ name, cases }: CorpusFile) => {
    if (words.some((word) => name === `${word}.md`)) return Number.POSITIVE_INFINITY
    return cases.filter(({ query }) => pattern.test(query)).length
  }
  const [first] = filesWith(files, pattern).toSorted((one, other) => countIn(other) - countIn(one))
  return first === undefined ? '' : `[${first.name.replace(/\.md$/, '')}](../dataprime/corpus/${first.name})`
}
