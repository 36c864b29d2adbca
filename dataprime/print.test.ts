import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from './parser'
import { format, print } from './print'
import { showTree } from "./tree"
import { sameTree } from './same-tree'
import { arbitraryQuery } from './testing/arbitrary-query'

/** The same trees in every run. */
const SEEDED = { seed: 20250312, numRuns: 3000 }

test('reading what was printed gives the same tree', () => {
  const property = fc.property(arbitraryQuery, (query) => {
    const text = print(query)
    const read = parse(text)
    assert.deepEqual(read.diagnostics.filter(({ severity }) => severity === 'error'), [], text)
    assert.ok(sameTree(read.query, query), `${text}\n${showTree(query)}\n${showTree(read.query)}`)
  })
  fc.assert(property, SEEDED)
})

test('formatting what was formatted changes nothing', () => {
  const property = fc.property(arbitraryQuery, (query) => {
    const text = format(query)
    assert.equal(format(parse(text).query), text)
  })
  fc.assert(property, { ...SEEDED, numRuns: 500 })
})
