import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../sqlite/testing/temporary-folder'
import { openDriver } from './open-driver'

test('the scheme picks the driver and the rest is the path', async (t) => {
  const dataDir = temporaryFolder(t)

  for (const [url, system, file] of [
    ['sqlite:', 'sqlite', 'queue.db'],
    [`sqlite:${join(dataDir, 'other 100%.db')}`, 'sqlite', 'other 100%.db'],
    [`sqlite://${join(dataDir, 'slashes.db')}`, 'sqlite', 'slashes.db'],
    ['memory:', 'memory', undefined],
  ] as const) {
    const driver = await openDriver(url, { dataDir })
    assert.equal(driver.system, system, url)
    if (file !== undefined) assert.ok(existsSync(join(dataDir, file)), url)
    await driver.close()
  }
})

test('an unknown scheme is refused, naming the known ones and no password', async () => {
  await assert.rejects(openDriver('kafka://user:secret@broker', { dataDir: '.' }), {
    message: 'unknown queue URL scheme "kafka:"; known are sqlite:, memory:, amqp: and amqps:',
  })
})
