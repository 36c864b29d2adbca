import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openDatabase } from '#shared/sqlite'
import { temporaryFolder } from '../../../sqlite/testing/temporary-folder'
import { ManualClock } from '../../testing/manual-clock'
import { type DiskLimits, DiskRoom } from './disk-room'
import { migrations } from './schema'

const MEBIBYTE = 1024 * 1024

function aRoom(t: TestContext, limits: Partial<DiskLimits>) {
  const database = openDatabase({ path: join(temporaryFolder(t), 'queue.db'), migrations })
  t.after(() => database.close())
  const clock = new ManualClock()
  const disk = { freeBytes: 100 * MEBIBYTE, measured: 0 }
  const freeBytesAt = () => {
    disk.measured += 1
    return disk.freeBytes
  }
  const all = { diskReserveBytes: 0, fileSizeMaxBytes: 0, ...limits }
  return { room: new DiskRoom(database, { limits: all, clock, freeBytesAt }), database, clock, disk }
}

test('without limits there is always room, and the disk is not looked at', (t) => {
  const { room, disk } = aRoom(t, {})

  assert.equal(room.shortageFor(1e12, 1_000), undefined)
  assert.equal(disk.measured, 0)
})

test('there is room as long as the reserve stays free', (t) => {
  const { room, clock, disk } = aRoom(t, { diskReserveBytes: 90 * MEBIBYTE })

  assert.equal(room.shortageFor(9 * MEBIBYTE, 1), undefined)
  assert.match(room.shortageFor(11 * MEBIBYTE, 1) ?? '', /94371840 bytes would stay free/)
  assert.match(room.shortageFor(6 * MEBIBYTE, 2) ?? '', /stay free/, 'for two copies')
  disk.freeBytes = 90 * MEBIBYTE
  clock.advance(1_000)
  assert.match(room.shortageFor(1, 1) ?? '', /stay free/)
})

test('the disk is measured once a second, and again when what it had is used up', (t) => {
  const { room, clock, disk } = aRoom(t, { diskReserveBytes: 90 * MEBIBYTE })
  for (let sends = 0; sends < 1_000; sends++) room.shortageFor(1_000, 1)
  assert.equal(disk.measured, 1)
  clock.advance(999)
  room.shortageFor(1_000, 1)
  assert.equal(disk.measured, 1)
  clock.advance(1)
  room.shortageFor(1_000, 1)
  assert.equal(disk.measured, 2)

  // In the log and in the file, so ten are taken by five.
  for (let sends = 0; sends < 5; sends++) room.take(MEBIBYTE)
  assert.match(room.shortageFor(1_000, 1) ?? '', /stay free/)
  assert.equal(disk.measured, 2)
  clock.advance(50)
  assert.equal(room.shortageFor(1_000, 1), undefined)
  assert.equal(disk.measured, 3)
})

test('the file may grow to its limit, and what is free inside of it is room', (t) => {
  const { room, clock, database } = aRoom(t, { fileSizeMaxBytes: 2 * MEBIBYTE })
  const fill = database.prepare(`
    INSERT INTO payload (sequence, content_type, headers, body) VALUES (1, '', '{}', zeroblob(${2 * MEBIBYTE}))`)
  assert.equal(room.shortageFor(MEBIBYTE, 1), undefined)
  assert.match(room.shortageFor(MEBIBYTE, 2) ?? '', /more than 2097152 bytes, its limit/)

  database.pragma('foreign_keys = OFF')
  fill.run()
  clock.advance(1_000)
  assert.match(room.shortageFor(1, 1) ?? '', /its limit/)

  database.exec('DELETE FROM payload')
  clock.advance(1_000)
  assert.equal(room.shortageFor(MEBIBYTE, 1), undefined)
})

test('what is free inside the file counts as free disk', (t) => {
  const { room, clock, database, disk } = aRoom(t, { diskReserveBytes: 10 * MEBIBYTE })
  disk.freeBytes = 10 * MEBIBYTE
  assert.match(room.shortageFor(1_000, 1) ?? '', /stay free/)

  database.pragma('foreign_keys = OFF')
  database.exec(`
    INSERT INTO payload (sequence, content_type, headers, body) VALUES (1, '', '{}', zeroblob(${2 * MEBIBYTE}));
    DELETE FROM payload`)
  clock.advance(1_000)

  assert.equal(room.shortageFor(MEBIBYTE, 1), undefined)
})
