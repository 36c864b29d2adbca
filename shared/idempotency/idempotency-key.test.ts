import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fingerprintOf, readIdempotencyKey } from './idempotency-key'

const read = (value: string) => readIdempotencyKey({ 'idempotency-key': value })

test('a key is the same with and without its quotes', () => {
  assert.equal(read('8e03978e-40d5'), '8e03978e-40d5')
  assert.equal(read(' "8e03978e-40d5" '), '8e03978e-40d5')
  assert.equal(read('"two words, one \\"key\\" \\\\"'), 'two words, one "key" \\')
  assert.equal(readIdempotencyKey({}), undefined)
})

for (const [what, value] of [
  ['nothing', ''],
  ['an empty string', '""'],
  ['blanks without quotes', 'two words'],
  ['two keys, as two headers arrive', 'one, two'],
  ['an open quote', '"one'],
  ['what is not ASCII', 'ключ'],
  ['256 characters', 'k'.repeat(256)],
] as const) {
  test(`${what} is no key`, () => {
    assert.throws(() => read(value), { code: 'invalid-request', message: /header Idempotency-Key/ })
  })
}

test('a fingerprint knows no order of keys, and every other difference', () => {
  const body = { a: 1, b: { c: [1, 2], d: null } }

  assert.equal(fingerprintOf(body), fingerprintOf({ b: { d: null, c: [1, 2] }, a: 1 }))
  for (const other of [{ ...body, a: '1' }, { ...body, b: { c: [2, 1], d: null } }, { a: 1 }, [body], null]) {
    assert.notEqual(fingerprintOf(body), fingerprintOf(other), JSON.stringify(other))
  }
})
