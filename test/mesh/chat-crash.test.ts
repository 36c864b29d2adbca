import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { answered, chat, poll, processed } from '../support/ask'
import { type BrokerSpace, brokerSpace, whyNoBroker } from '../support/broker'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver'
import { rootsOf } from '../support/span-tree'
import { storedRows } from '../support/stored-rows'

const CONCURRENCY = 4
const QUESTIONS = 16
const ANSWERED_WITHIN_MS = 120_000

const DRIVERS = [
  { driver: 'sqlite', skip: false, open: (env = {}) => ({ env, clear: async () => {} }) },
  { driver: 'rabbitmq', skip: whyNoBroker(), open: brokerSpace },
] as const satisfies readonly { driver: string; skip: string | false; open: typeof brokerSpace }[]

for (const { driver, skip, open } of DRIVERS) {
  describe(`a service that is killed with chat requests in its hands, on ${driver}`, { skip }, () => {
    provesThatNothingIsLost(open)
  })
}

function provesThatNothingIsLost(open: typeof brokerSpace): void {
  let receiver: OtlpReceiver
  let space: BrokerSpace
  let mesh: Mesh

  before(async () => {
    receiver = await startOtlpReceiver()
    space = open({ RETRY_DELAYS_MS: '200,500,1000,2000,4000' })
    mesh = await startMesh({
      otlpUrl: receiver.url,
      env: {
        ...space.env,
        QUEUE_LEASE_MS: '3000',
        CHAT_CONCURRENCY: String(CONCURRENCY),
        WORKER_PAUSE_MS: '200',
        WORKER_PAUSE_MAX_MS: '500',
      },
    })
  })

  after(async () => {
    await mesh?.stop()
    await space?.clear()
    await receiver?.close()
  })

  for (const victim of ['queue', 'storage', 'gateway'] as const) {
    test(`(${victim}) loses nothing: every accepted request is answered once, in its own trace`, async () => {
      const ids = new Map<string, string>()
      const askAll = async (count: number) => {
        const replies = await Promise.all(
          Array.from({ length: count }, (_, index) =>
            chat(mesh.url, { user_input: `errors of the last ${index + 1} hours` }),
          ),
        )
        for (const { status, body } of replies) {
          assert.equal(status, 202)
          ids.set(body.request_id, body.trace_id as string)
        }
      }

      // The query service is there and does not answer, so the worker has as many as it takes.
      process.kill(mesh.pidOf('query'), 'SIGSTOP')
      try {
        await askAll(QUESTIONS / 2)
        await eventually('the worker has its hands full', () => {
          const rows = storedRows(
            mesh,
            'storage.db',
            "SELECT 1 FROM chat_requests WHERE status = 'processing'",
          )
          return rows.length === CONCURRENCY
        })
        await mesh.kill(victim, 'SIGKILL')
      } finally {
        process.kill(mesh.pidOf('query'), 'SIGCONT')
      }
      await mesh.start(victim)
      await askAll(QUESTIONS / 2)

      const answers = new Map<string, unknown>()
      for (const id of ids.keys()) {
        answers.set(id, (await answered(mesh.url, id, ANSWERED_WITHIN_MS)).answer)
      }
      for (const id of ids.keys()) await processed(mesh.url, id, ANSWERED_WITHIN_MS)

      for (const [id, answer] of answers) assert.deepEqual((await poll(mesh.url, id)).answer, answer)
      for (const table of ['chat_requests', 'processed_requests']) {
        const rows = storedRows<{ request_id: string; trace_id: string }>(
          mesh,
          'storage.db',
          `SELECT request_id, trace_id FROM ${table}`,
        ).filter(({ request_id }) => ids.has(request_id))
        assert.deepEqual(new Map(rows.map(({ request_id, trace_id }) => [request_id, trace_id])), ids, table)
        assert.equal(rows.length, QUESTIONS, table)
      }
      await assertAnsweredOnce([...ids.values()], victim)
    })
  }

  /** The table holds a request once whatever happens; what storage says it did tells whether it was twice. */
  async function assertAnsweredOnce(traceIds: readonly string[], victim: string): Promise<void> {
    const isKept = (traceId: string) =>
      receiver
        .trace(traceId)
        .filter(
          ({ name, attributes }) =>
            name === 'storage_service.store_chat_response' && attributes['mesh.storage.stored'] === true,
        ).length
    for (const traceId of traceIds) {
      // Of a process that was killed the last spans are gone with it.
      if (victim !== 'storage') await eventually(`${traceId} says so`, () => isKept(traceId) > 0)
      assert.ok(isKept(traceId) <= 1, `${traceId} was answered twice`)
    }
    const last = traceIds.at(-1) as string
    const roots = await eventually('the gateway tells of the last one', () => {
      const found = rootsOf(receiver.trace(last))
      return found.length > 0 && found
    })
    assert.deepEqual(
      roots.map(({ name }) => name),
      ['api_gateway.chat'],
    )
  }
}
