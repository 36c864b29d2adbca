import assert from 'node:assert/strict'
import { test } from 'node:test'
import { within } from './index'

test('gives the result of work that is done in time', async () => {
  assert.equal(await within(1_000, Promise.resolve('done'), 'late'), 'done')
})

test('gives the other value when the work takes longer', async () => {
  assert.equal(await within(1, new Promise(() => undefined), 'late'), 'late')
})

test('throws what the work throws in time', async () => {
  await assert.rejects(within(1_000, Promise.reject(new Error('no disk')), 'late'), /no disk/)
})
