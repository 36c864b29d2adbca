import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { createHttpClient } from '#shared/http'
import {
  createMemoryDriver,
  createRemoteDriver,
  createSqliteDriver,
  type MessageDriver,
} from '#shared/messaging'
import { EMBEDDED_GUARANTEES } from '../../shared/messaging/drivers/embedded/testing/embedded-guarantees'
import {
  type DriverHarness,
  type DriverSetup,
  describeDriver,
  LEASE_MS,
} from '../../shared/messaging/testing/contract'
import { ManualClock } from '../../shared/messaging/testing/manual-clock'
import { temporaryFolder } from '../../shared/sqlite/testing/temporary-folder'
import { startWorkerApiServer, type WorkerApiServer } from '../support/worker-api-server'

/** The remote driver, over HTTP, over a driver of the queue service: with all that this promises. */
function remoteHarness(createKeeper: (setup: DriverSetup) => MessageDriver, system: string): DriverHarness {
  return async (t, { topology }) => {
    const folder = temporaryFolder(t)
    const clock = new ManualClock()
    const opened: { driver: MessageDriver; keeper: MessageDriver; server: WorkerApiServer }[] = []
    const open = async () => {
      const keeper = createKeeper({ folder, clock, topology })
      // The contract also looks into queues of dead letters, which the service keeps for its operators.
      const isOffered = () => true
      const server = await startWorkerApiServer({ driver: keeper, clock, topology, isOffered })
      const http = createHttpClient({
        service: 'queue_service',
        baseUrl: server.url,
        timeoutMs: 60_000,
        socketsMax: 64,
      })
      const driver = createRemoteDriver({ http, system, clock })
      opened.push({ driver, keeper, server })
      return driver
    }
    const close = async ({ driver, keeper, server }: (typeof opened)[number]) => {
      await driver.close()
      await server.close()
      await keeper.close()
    }
    const advance = async (milliseconds: number) => {
      clock.advance(milliseconds)
      await setImmediate()
    }
    t.after(() => Promise.all(opened.map(close)))
    return {
      driver: await open(),
      advance,
      elapsed: () => clock.elapsed(),
      now: () => clock.now(),
      jump: (milliseconds) => clock.jump(milliseconds),
      loseHolders: () => advance(LEASE_MS + 1),
      restart: async () => {
        const current = opened.at(-1)
        if (current !== undefined) await close(current)
        return open()
      },
    }
  }
}

describeDriver(
  'remote (over sqlite)',
  remoteHarness(
    ({ folder, ...setup }) => createSqliteDriver({ path: join(folder, 'queue.db'), ...setup }),
    'sqlite',
  ),
  EMBEDDED_GUARANTEES,
)

describeDriver(
  'remote (over memory)',
  remoteHarness(({ clock, topology }) => createMemoryDriver({ clock, topology }), 'memory'),
  { ...EMBEDDED_GUARANTEES, durable: false },
)
