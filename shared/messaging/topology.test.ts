import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchesTopic, routesOf, type Topology } from './topology'

const CASES: readonly (readonly [pattern: string, routingKey: string, fits: boolean])[] = [
  ['query.generated', 'query.generated', true],
  ['query.generated', 'query.validated', false],
  ['query.*', 'query.generated', true],
  ['query.*', 'query', false],
  ['query.*', 'query.generated.late', false],
  ['*.generated', 'query.generated', true],
  ['#', '', true],
  ['#', 'query.generated', true],
  ['errors.#', 'errors', true],
  ['errors.#', 'errors.storage.full', true],
  ['errors.#', 'error.storage', false],
  ['#.failed', 'app.query.failed', true],
  ['#.failed', 'failed', true],
  ['#.failed', 'app.failed.twice', false],
  ['app.#.failed', 'app.failed', true],
  ['app.*.#', 'app', false],
  ['*', '', false],
  ['#.#', 'a.b.c', true],
]

for (const [pattern, routingKey, fits] of CASES) {
  test(`${pattern} ${fits ? 'fits' : 'does not fit'} "${routingKey}"`, () => {
    assert.equal(matchesTopic(pattern, routingKey), fits)
  })
}

test('a message goes once to each queue that is bound, however many bindings fit', () => {
  const topology: Topology = {
    queues: [],
    exchanges: [
      { name: 'events', type: 'topic' },
      { name: 'processing', type: 'direct' },
    ],
    bindings: [
      { exchange: 'events', pattern: '#', queue: 'events.storage' },
      { exchange: 'events', pattern: 'query.*', queue: 'events.storage' },
      { exchange: 'events', pattern: 'query.#', queue: 'events.analytics' },
      { exchange: 'processing', pattern: '#', queue: 'processing.jobs' },
    ],
    retryDelaysMs: [],
  }

  assert.deepEqual(routesOf(topology, 'events', 'query.generated'), ['events.storage', 'events.analytics'])
  assert.deepEqual(routesOf(topology, 'events', 'feedback.submitted'), ['events.storage'])
  assert.deepEqual(routesOf(topology, 'processing', 'query.generated'), [], 'direct knows no wildcards')
  assert.deepEqual(routesOf(topology, 'unknown', 'query.generated'), [])
})
