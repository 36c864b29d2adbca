import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Topology } from '../../topology'
import { type Declaration, declarationsOf } from './declarations'
import { PhysicalNames, toDuration } from './physical-names'

const TOPOLOGY: Topology = {
  queues: [
    { name: 'jobs', lengthMax: 100, ttlMs: 60_000, deliveryLimit: 10, priorities: true },
    { name: 'audit', type: 'classic', deliveryLimit: 10, durable: false },
  ],
  exchanges: [
    { name: 'processing', type: 'direct' },
    { name: 'events', type: 'topic' },
  ],
  bindings: [
    { exchange: 'processing', pattern: 'jobs', queue: 'jobs' },
    { exchange: 'events', pattern: 'errors.#', queue: 'audit' },
  ],
  retryDelaysMs: [5_000, 300_000],
}

const declarations = declarationsOf(TOPOLOGY, new PhysicalNames('test.'))

const queue = (name: string) => {
  const found = declarations.find((one) => one.kind === 'queue' && one.name === name)
  assert.ok(found?.kind === 'queue', `${name} is declared`)
  return found.options
}

const bindingsOf = (exchange: string) =>
  declarations
    .filter((one) => one.kind === 'binding')
    .filter((one) => one.exchange === exchange)
    .map((one) => `${one.pattern} -> ${one.queue}`)

const exchanges = (kinds: readonly Declaration[]) =>
  kinds.filter((one) => one.kind === 'exchange').map(({ name, type }) => `${name} ${type}`)

describe('what is declared', () => {
  test('a work queue with all its limits, three times when it has priorities', () => {
    for (const name of ['test.jobs', 'test.jobs.high', 'test.jobs.low']) {
      assert.deepEqual(queue(name), {
        durable: true,
        arguments: {
          'x-queue-type': 'quorum',
          'x-delivery-limit': 10,
          'x-max-length': 100,
          'x-overflow': 'reject-publish',
          'x-message-ttl': 60_000,
          'x-dead-letter-exchange': 'test.dlx',
          'x-dead-letter-routing-key': 'test.jobs.dlq',
          'x-dead-letter-strategy': 'at-least-once',
        },
      })
    }
  })

  test('a classic queue without what only quorum queues have', () => {
    assert.deepEqual(queue('test.audit'), {
      durable: false,
      arguments: {
        'x-queue-type': 'classic',
        'x-overflow': 'reject-publish',
        'x-dead-letter-exchange': 'test.dlx',
        'x-dead-letter-routing-key': 'test.audit.dlq',
      },
    })
  })

  test('a dead-letter queue for each, which loses nothing by being looked at', () => {
    for (const name of ['test.jobs.dlq', 'test.audit.dlq']) {
      assert.deepEqual(queue(name), {
        durable: true,
        arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 },
      })
    }
    assert.deepEqual(bindingsOf('test.dlx'), [
      'test.jobs.dlq -> test.jobs.dlq',
      'test.audit.dlq -> test.audit.dlq',
    ])
  })

  test('a shared queue for each delay, from which messages return under the key they came with', () => {
    assert.deepEqual(queue('test.retry.5s'), {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-message-ttl': 5_000,
        'x-dead-letter-exchange': '',
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      },
    })
    assert.ok(queue('test.retry.5m'))
    assert.deepEqual(bindingsOf('test.retry.5s'), [' -> test.retry.5s'])
  })

  test('an exchange for each priority where a queue has them, and one where none has', () => {
    assert.deepEqual(exchanges(declarations), [
      'test.dlx direct',
      'test.retry.5s fanout',
      'test.retry.5m fanout',
      'test.processing.high direct',
      'test.processing direct',
      'test.processing.low direct',
      'test.events topic',
    ])
    assert.deepEqual(bindingsOf('test.processing.high'), ['jobs -> test.jobs.high'])
    assert.deepEqual(bindingsOf('test.processing'), ['jobs -> test.jobs'])
    assert.deepEqual(bindingsOf('test.events'), ['errors.# -> test.audit'])
  })

  test('no quorum queue that is not durable', () => {
    const topology = { ...TOPOLOGY, queues: [{ name: 'jobs', durable: false }] }

    assert.throws(() => declarationsOf(topology, new PhysicalNames()), {
      message:
        'queue "jobs" is not durable and a quorum queue, which always is; QUEUE_DURABLE=false needs QUEUE_TYPE=classic',
    })
  })
})

test('a delay is named in the largest unit that leaves no rest', () => {
  const named = [1, 200, 1_000, 5_000, 30_000, 90_000, 300_000, 3_600_000, 86_400_000, 90_500].map(toDuration)

  assert.deepEqual(named, ['1ms', '200ms', '1s', '5s', '30s', '90s', '5m', '1h', '1d', '90500ms'])
})
