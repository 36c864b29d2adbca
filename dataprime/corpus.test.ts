import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type AnalyseOptions, analyse } from './analyse'
import type { ClausePart } from './catalogue/clauses'
import { COMMANDS } from './catalogue/commands'
import { hasErrors } from './diagnostics/diagnostic'
import { renderBriefly } from './diagnostics/render'
import { createSource } from './diagnostics/source'
import { formatText } from './format/format-text'
import { format, print } from './format/print'
import { parse } from './syntax/parser'
import { readCorpus } from './testing/corpus-file'
import { runCorpus } from './testing/run-corpus'
import { sameTree } from './tree/same-tree'
import { showTree } from './tree/show-tree'

/** `tree`, `diagnostics` when there are any, and `formatted` when there is no error. */
function results(text: string, options: AnalyseOptions): ReadonlyMap<string, string> {
  const { query, diagnostics } = analyse(text, options)
  const source = createSource(text)
  const blocks = new Map([['tree', showTree(query)]])
  if (diagnostics.length > 0) {
    blocks.set('diagnostics', diagnostics.map((diagnostic) => renderBriefly(diagnostic, source)).join('\n'))
  }
  const formatted = hasErrors(diagnostics) ? null : formatText(text)
  if (formatted !== null) blocks.set('formatted', formatted)
  return blocks
}

test('there is a corpus', () => {
  assert.ok(readCorpus('corpus').length > 25)
})

runCorpus('corpus', results, (text) => {
  const { query, diagnostics } = parse(text)
  if (!hasErrors(diagnostics)) assertPrintsToItself(text)
  assertEveryPrefixParses(text)
  assertEveryDeletionParses(text)
  assert.ok(sameTree(query, parse(text).query))
})

function assertPrintsToItself(text: string): void {
  const { query } = parse(text)
  for (const written of [print(query), format(query)]) {
    const again = parse(written)
    assert.ok(!hasErrors(again.diagnostics), `errors in ${written}`)
    assert.ok(sameTree(again.query, query), `another tree for ${written}`)
  }
  assert.equal(format(parse(format(query)).query), format(query))
}

function assertEveryPrefixParses(text: string): void {
  for (let end = 0; end < text.length; end++) analyse(text.slice(0, end))
}

function assertEveryDeletionParses(text: string): void {
  for (let at = 0; at < text.length; at++) print(analyse(text.slice(0, at) + text.slice(at + 1)).query)
}

/** All words of the clauses of a command, without those that hardly any documentation shows. */
function clauseWords(parts: readonly ClausePart[]): readonly string[] {
  return parts.flatMap((part) => {
    switch (part.kind) {
      case 'word':
        return [part.word, ...part.synonyms]
      case 'choice':
        return part.choices.flatMap(clauseWords)
      case 'any-order':
        return part.options.flatMap(clauseWords)
      case 'optional':
      case 'list':
      case 'parentheses':
        return clauseWords(part.parts)
      default:
        return []
    }
  })
}

describe('every command has a file of its own', () => {
  const files = new Map(readCorpus().map((file) => [file.name, file]))
  for (const { name, synonyms, clauses } of COMMANDS) {
    test(name, () => {
      const cases = files.get(`${name}.md`)?.cases ?? []
      const queries = cases.map(({ query }) => query)
      const unseen = (words: readonly string[]) =>
        words.filter((word) => !queries.some((query) => new RegExp(`(^|\\W)${word}(\\W|$)`).test(query)))

      assert.deepEqual(unseen([name, ...synonyms]), [], 'words for the command')
      assert.deepEqual(unseen(clauseWords(clauses)), [], 'words of its clauses')
      assert.ok(
        cases.some(({ expected }) => expected.has('diagnostics')),
        'a mistake',
      )
      assert.ok(
        cases.some(({ expected }) => /(^|\s)(\/\/|#) /.test(expected.get('formatted') ?? '')),
        'comments',
      )
    })
  }
})
