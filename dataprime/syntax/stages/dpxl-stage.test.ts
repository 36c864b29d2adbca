import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { suggestImprovements } from '../../advice'
import { analyse, analyseDpxl } from '../../analyse'
import { describeQuery } from '../../analysis/describe-query'
import { explain } from '../../explain/explain'
import { format, print } from '../../format/print'
import { arbitraryDpxl } from '../../testing/arbitrary-query'
import { sameTree } from '../../tree/same-tree'
import { parse, parseDpxl } from '../parser'

const TEXT = "<v1>$l.applicationname == 'shop' && $m.severity>=ERROR"

test('a query and an expression of DPXL are told apart by the version', () => {
  assert.ok(sameTree(parse(TEXT).query, parseDpxl(TEXT).query))
  assert.deepEqual(analyse(TEXT), analyseDpxl(TEXT))
  assert.equal(parse(TEXT).query.stages[0]?.kind, 'DpxlStage')
  assert.equal(parse('filter a < v1').query.stages[0]?.kind, 'FilterStage')
})

test('an expression of DPXL is printed, explained and described like a query', () => {
  const { query } = parseDpxl(TEXT)

  assert.equal(print(query), "<v1> $l.applicationname == 'shop' && $m.severity >= ERROR")
  assert.equal(format(query), print(query))
  assert.match(explain(query), /^Matches the records where /)
  assert.deepEqual(describeQuery(query).fields, ['$l.applicationname', '$m.severity'])
  assert.deepEqual(suggestImprovements(query), [])
})

test('a text without a version is read as an expression all the same', () => {
  const { query, diagnostics } = parseDpxl("$d.path.startsWith('/api')")

  assert.equal(print(query), "<v1> $d.path.startsWith('/api')")
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['DP0336'],
  )
})

test('a text without anything is an empty query', () => {
  for (const text of ['', '  # nothing']) {
    const { query, diagnostics } = parseDpxl(text)

    assert.deepEqual(query.stages, [])
    assert.equal(diagnostics.length, 1)
  }
})

test('what follows the condition is reported once', () => {
  for (const text of ['<v1> a == 1 | filter b == 2 | limit 5', '<v1> a == 1 b == 2 c', '<v1> a == 1)']) {
    assert.equal(parseDpxl(text).diagnostics.length, 1, text)
  }
})

test('printing and reading an expression of DPXL are inverse', () => {
  const property = fc.property(arbitraryDpxl, (query) => {
    assert.ok(sameTree(parse(print(query)).query, query), print(query))
  })
  fc.assert(property, { seed: 5, numRuns: 500 })
})
