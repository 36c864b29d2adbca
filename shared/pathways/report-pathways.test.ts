import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type PathwaySnapshot, pathwaySnapshotSchema } from '#shared/contracts'
import { PathwayRegistry } from './pathway-registry'
import { type ReportClient, reportPathways } from './report-pathways'

const PLACE = { service: 'worker', direction: 'in', queue: 'jobs' } as const

/** A queue service that answers each report when it is told to. */
function aReporting(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const posted: { path: string; report: PathwaySnapshot; answer: PromiseWithResolvers<void> }[] = []
  const client: ReportClient = {
    async post(path, body, { schema }) {
      const answer = Promise.withResolvers<void>()
      posted.push({ path, report: pathwaySnapshotSchema.parse(JSON.parse(JSON.stringify(body))), answer })
      await answer.promise
      return schema.parse({ instances: 1 })
    },
  }
  const registry = new PathwayRegistry({ nodesMax: 10 })
  const errors: unknown[] = []
  const reporting = reportPathways(client, {
    intervalMs: 10_000,
    registry,
    onError: (error) => errors.push(error),
  })
  const pass = () => registry.checkpoint(PLACE, undefined, Date.now()).record(1)
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { posted, errors, reporting, pass, settled, tick: () => t.mock.timers.tick(10_000) }
}

test('what a process has seen is reported at each interval, and a last time at the end', async (t) => {
  const { posted, reporting, pass, settled, tick } = aReporting(t)
  tick()
  posted[0]?.answer.resolve()
  await settled()
  pass()
  tick()
  posted[1]?.answer.resolve()
  await settled()
  pass()
  const stopped = reporting.stop()
  await settled()
  posted[2]?.answer.resolve()
  await stopped
  tick()

  assert.deepEqual(
    posted.map(({ path, report }) => [path, report.nodes[0]?.messages]),
    [
      ['/pathways', undefined],
      ['/pathways', 1],
      ['/pathways', 2],
    ],
  )
})

test('while a report is on its way no other is sent, and the last one comes after it', async (t) => {
  const { posted, reporting, settled, tick } = aReporting(t)
  tick()
  tick()
  const stopped = reporting.stop()
  await settled()
  assert.equal(posted.length, 1)

  posted[0]?.answer.resolve()
  await settled()
  posted[1]?.answer.resolve()
  await stopped

  assert.equal(posted.length, 2)
})

test('a report that does not arrive is told, ends nothing, and fails no shutdown', async (t) => {
  const { posted, errors, reporting, settled, tick } = aReporting(t)
  tick()
  posted[0]?.answer.reject(new Error('away'))
  await settled()
  const stopped = reporting.stop()
  await settled()
  posted[1]?.answer.reject(new Error('still away'))
  await stopped

  assert.deepEqual(
    errors.map((error) => (error as Error).message),
    ['away', 'still away'],
  )
})
