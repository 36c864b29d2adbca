import { writeSync } from 'node:fs'
import { createSqliteDriver } from '../drivers/sqlite/sqlite-driver'
import { aMessage } from './a-message'
import { CRASH_EXCHANGE, CRASH_QUEUE, CRASH_TOPOLOGY } from './crash-topology'

// A process that publishes to two queues, gives up what comes out of one of them and replays it, until it is killed:
// `node publish-until-killed.js <path of the queue file>`. Each line it prints is a promise that it was given:
// `published <id>`, `given-up <id>`, `replayed <id>`.

const [path = ''] = process.argv.slice(2)
const PUBLISHERS = 10
const CAUSE = { reason: 'not-retryable', code: 'query-invalid', detail: 'of no use' } as const

async function main(): Promise<void> {
  const driver = createSqliteDriver({ path, topology: CRASH_TOPOLOGY })
  const options = { prefetch: 50, leaseMs: 600_000, onError: console.error }
  await driver.subscribe(CRASH_QUEUE, options, async (delivery) => {
    if ((await delivery.deadLetter(CAUSE)) === 'settled') say('given-up', delivery.message.id)
  })
  let lastId = 0
  const publish = async () => {
    for (;;) {
      lastId += 1
      const id = String(lastId)
      await driver.publish(CRASH_EXCHANGE, 'any', aMessage({ id, body: Buffer.from(`body ${id}`) }))
      say('published', id)
    }
  }
  const replay = async () => {
    for (;;) {
      for (const id of await driver.replay(CRASH_QUEUE, { limit: 20, headers: {} })) say('replayed', id)
    }
  }
  await Promise.all([...Array.from({ length: PUBLISHERS }, publish), replay()])
}

/** Written past every buffer of this process, so that nothing said is lost when it dies. */
function say(what: string, id: string): void {
  writeSync(1, `${what} ${id}\n`)
}

void main()
