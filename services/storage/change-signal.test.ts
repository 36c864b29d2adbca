import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createChangeSignal } from './change-signal'

const never = new AbortController().signal

describe('waiting for a change', () => {
  test('ends for all who wait for the thing that changed, and for nobody else', async () => {
    const changes = createChangeSignal({ waitsMax: 10 })
    const waiting = [changes.next('a', 10_000, never), changes.next('a', 10_000, never)]
    const other = changes.next('b', 30, never)

    changes.changed('a')

    assert.deepEqual(await Promise.all(waiting), ['changed', 'changed'])
    assert.equal(await other, 'time-up')
  })

  test('does not know of changes that were before', async () => {
    const changes = createChangeSignal({ waitsMax: 10 })
    changes.changed('a')

    assert.equal(await changes.next('a', 20, never), 'time-up')
    assert.equal(await changes.next('a', 0, never), 'time-up')
  })

  test('ends when nobody wants it any longer, and holds on to nothing', async () => {
    const changes = createChangeSignal({ waitsMax: 1 })
    const gone = new AbortController()
    const waiting = changes.next('a', 10_000, gone.signal)

    gone.abort()

    assert.equal(await waiting, 'aborted')
    assert.equal(await changes.next('a', 10_000, gone.signal), 'aborted')
    assert.equal(await changes.next('a', 20, never), 'time-up', 'the place is free again')
  })

  test('is refused when as many wait as may', async () => {
    const changes = createChangeSignal({ waitsMax: 2 })
    const waiting = [changes.next('a', 10_000, never), changes.next('b', 10_000, never)]

    assert.equal(await changes.next('a', 10_000, never), 'refused')

    changes.changed('a')
    changes.changed('b')
    await Promise.all(waiting)
    const next = changes.next('a', 10_000, never)
    changes.changed('a')
    assert.equal(await next, 'changed')
  })
})
