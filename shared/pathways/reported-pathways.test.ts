import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PathwaySnapshot } from '#shared/contracts'
import { PathwayRegistry } from './pathway-registry'
import { ReportedPathways } from './reported-pathways'

function reported(instancesMax = 10) {
  const time = { elapsedMs: 0 }
  const reports = new ReportedPathways({ instancesMax, keptMs: 60_000, elapsed: () => time.elapsedMs })
  return { reports, time }
}

const registry = new PathwayRegistry({ nodesMax: 1 })
const report = (instance: string, service = 'worker'): PathwaySnapshot => ({
  ...registry.snapshot(),
  instance,
  service,
})

test('the latest report of each process is kept', () => {
  const { reports } = reported()

  assert.equal(reports.take(report('a', 'old')), 1)
  assert.equal(reports.take(report('b')), 2)
  assert.equal(reports.take(report('a', 'new')), 2)

  assert.deepEqual(
    reports.current().map(({ instance, service }) => [instance, service]),
    [
      ['b', 'worker'],
      ['a', 'new'],
    ],
  )
})

test('a process that falls silent is dropped, one that reports is kept', () => {
  const { reports, time } = reported()
  reports.take(report('silent'))
  reports.take(report('busy'))

  time.elapsedMs = 40_000
  reports.take(report('busy'))
  time.elapsedMs = 60_001

  assert.deepEqual(
    reports.current().map(({ instance }) => instance),
    ['busy'],
  )
})

test('when there are too many, the one that was silent longest makes room', () => {
  const { reports } = reported(2)
  for (const instance of ['a', 'b', 'a', 'c']) reports.take(report(instance))

  assert.deepEqual(
    reports.current().map(({ instance }) => instance),
    ['a', 'c'],
  )
})
