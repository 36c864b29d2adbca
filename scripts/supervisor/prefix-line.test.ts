import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { createPrefixer } from './prefix-line'

const names = ['gateway', 'query']

test('names are padded to the longest one', () => {
  const prefix = createPrefixer(names, false)

  assert.equal(prefix('gateway', 'hello'), 'gateway | hello')
  assert.equal(prefix('query', 'hello'), 'query   | hello')
})

test('with colour each name has its own, and the line is left as it came', () => {
  const prefix = createPrefixer(names, true)
  const [gateway, query] = [prefix('gateway', 'x'), prefix('query', 'x')]

  assert.equal(stripVTControlCharacters(gateway), 'gateway | x')
  assert.ok(gateway.startsWith('\u001b[') && query.startsWith('\u001b['))
  assert.notEqual(gateway.slice(0, 5), query.slice(0, 5))
  assert.ok(gateway.endsWith('\u001b[39mx'))
})

test('a name that was not announced is still printed', () => {
  assert.equal(createPrefixer(names, false)('mesh', 'x'), 'mesh    | x')
})
