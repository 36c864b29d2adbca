import { writeSync } from 'node:fs'
import { createSqliteDriver } from '../drivers/sqlite/sqlite-driver'
import { aMessage } from './a-message'

// A process that sends and acks until it is killed: `node work-until-killed.js <path of the queue file>`. Each
// line it prints is a promise that it was given: `sent <id>`, `acked <id>`, `kept <id>` for every third message,
// which it does not settle.

const [path = ''] = process.argv.slice(2)
const SENDERS = 20

async function main(): Promise<void> {
  const driver = createSqliteDriver({ path })
  const options = { prefetch: 1_000, leaseMs: 600_000, onError: console.error }
  await driver.subscribe('crash.jobs', options, async (delivery) => {
    const { id } = delivery.message
    if (Number(id) % 3 === 0) say('kept', id)
    else if ((await delivery.ack()) === 'settled') say('acked', id)
  })
  let lastId = 0
  await Promise.all(
    Array.from({ length: SENDERS }, async () => {
      for (;;) {
        lastId += 1
        const id = String(lastId)
        await driver.send('crash.jobs', aMessage({ id, body: Buffer.from(`body ${id}`) }))
        say('sent', id)
      }
    }),
  )
}

/** Written past every buffer of this process, so that nothing said is lost when it dies. */
function say(what: string, id: string): void {
  writeSync(1, `${what} ${id}\n`)
}

void main()
