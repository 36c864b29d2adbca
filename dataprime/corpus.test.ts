import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { analyse } from './analyse'
import { hasErrors } from './diagnostics/diagnostic'
import { renderBriefly } from './diagnostics/render'
import { createSource } from './diagnostics/source'
import { formatText } from './format/format-text'
import { format, print } from './format/print'
import { parse } from './syntax/parser'
import { type CorpusCase, readCorpus, rewriteCorpus } from './testing/corpus-file'
import { sameTree } from './tree/same-tree'
import { showTree } from './tree/show-tree'

/** UPDATE_CORPUS=1 writes what the language makes of each query into the files; read the difference before keeping it. */
const updating = process.env.UPDATE_CORPUS === '1'

function results({
  query: text,
  options,
}: Pick<CorpusCase, 'query' | 'options'>): ReadonlyMap<string, string> {
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

const files = readCorpus()
if (updating) for (const file of files) writeFileSync(file.path, rewriteCorpus(file, results))

test('there is a corpus', () => {
  assert.ok(files.length > 25)
  assert.ok(files.every(({ cases }) => cases.length > 0))
})

for (const file of updating ? readCorpus() : files) {
  describe(file.name, () => {
    for (const { title, query: text, options, expected } of file.cases) {
      test(title, () => {
        assert.deepEqual(Object.fromEntries(results({ query: text, options })), Object.fromEntries(expected))

        const { query, diagnostics } = parse(text)
        if (!hasErrors(diagnostics)) assertPrintsToItself(text)
        assertEveryPrefixParses(text)
        assertEveryDeletionParses(text)
        assert.ok(sameTree(query, parse(text).query))
      })
    }
  })
}

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
