import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bindCounter } from './bound-counter'
import { recordMetrics } from './testing/record-metrics'

const read = recordMetrics()

const JOBS = {
  name: 'test.jobs',
  unit: '{job}',
  instrument: 'counter',
  brief: 'Jobs.',
  origin: 'mesh',
} as const

test('a count belongs to its attributes, whoever counts it', async () => {
  const done = bindCounter(JOBS, { outcome: 'done' })
  const alsoDone = bindCounter(JOBS, { outcome: 'done' })
  bindCounter(JOBS, { outcome: 'failed' }).add(1)

  done.add(2)
  alsoDone.add(3)

  assert.deepEqual(await read('test.jobs'), [
    { attributes: { outcome: 'done' }, value: 5 },
    { attributes: { outcome: 'failed' }, value: 1 },
  ])
})

test('it is read anew at each collection', async () => {
  const counter = bindCounter({ ...JOBS, name: 'test.steps' }, {})
  counter.add(1)
  assert.deepEqual(await read('test.steps'), [{ attributes: {}, value: 1 }])

  counter.add(1)

  assert.deepEqual(await read('test.steps'), [{ attributes: {}, value: 2 }])
})
