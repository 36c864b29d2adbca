import assert from 'node:assert/strict'
import { test } from 'node:test'
import { prefers, RESPOND_ASYNC } from './prefer'

for (const [header, expected] of [
  ['respond-async', true],
  ['Respond-Async', true],
  ['respond-async, wait=10', true],
  ['wait=10 , respond-async ; foo=1', true],
  ['return="a, respond-async", handling=lenient', false],
  ['foo="\\", bar", respond-async', true],
  ['respond-asynchronously', false],
  ['wait=10', false],
  ['', false],
] as const) {
  test(`Prefer: ${header} asks for an asynchronous answer: ${expected}`, () => {
    assert.equal(prefers(RESPOND_ASYNC, { prefer: header }), expected)
  })
}

test('no Prefer asks for nothing', () => {
  assert.equal(prefers(RESPOND_ASYNC, {}), false)
})
