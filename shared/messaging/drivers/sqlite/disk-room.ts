import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SqliteDatabase } from '#shared/sqlite'
import type { Clock } from '../../clock'

/** How much of a disk a queue file may take. 0 is no limit. */
export interface DiskLimits {
  /**
   * Bytes of the disk that new messages leave free. Claims and acks are writes, too: without a reserve a full disk
   * would hold up the very consumers that could empty the queue.
   */
  readonly diskReserveBytes: number
  /** Most bytes that messages may take in the file; what is free inside of it is not counted. */
  readonly fileSizeMaxBytes: number
}

const MEBIBYTE = 1024 * 1024

export const DISK_LIMITS: DiskLimits = {
  diskReserveBytes: 64 * MEBIBYTE,
  fileSizeMaxBytes: 10 * 1024 * MEBIBYTE,
}

export interface DiskRoomOptions {
  readonly limits: DiskLimits
  readonly clock: Clock
  /** Bytes that are free on the disk of a file. */
  readonly freeBytesAt?: (path: string) => number
}

/** For how long a measurement is believed; and for how long when what it found has been used up since. */
const MEASURED_FOR_MS = 1_000
const SHORT_FOR_MS = 50

/** What a message takes beside its body and headers: two rows, their ids and their places in the indexes. */
const OVERHEAD_BYTES = 512

/**
 * Tells whether there is room for new messages in a queue file. What is done frees pages inside the file, which
 * never shrinks; so free pages count as free disk, and a file that was full once takes messages again when it has
 * been emptied.
 */
export class DiskRoom {
  readonly #database: SqliteDatabase
  readonly #limits: DiskLimits
  readonly #clock: Clock
  readonly #freeBytesAt: (path: string) => number
  readonly #pageSize: number
  #measuredAt = Number.NEGATIVE_INFINITY
  #onDisk = 0
  #inFile = 0

  constructor(database: SqliteDatabase, { limits, clock, freeBytesAt = readFreeBytes }: DiskRoomOptions) {
    this.#database = database
    this.#limits = limits
    this.#clock = clock
    this.#freeBytesAt = freeBytesAt
    this.#pageSize = Number(database.pragma('page_size'))
  }

  /** Why there is no room for `count` messages with so many bytes of content each; undefined when there is. */
  shortageFor(contentBytes: number, count: number): string | undefined {
    const bytes = count * (contentBytes + OVERHEAD_BYTES)
    const age = this.#clock.elapsed() - this.#measuredAt
    const isShort = Math.min(this.#onDisk, this.#inFile) < bytes
    if (age >= (isShort ? SHORT_FOR_MS : MEASURED_FOR_MS)) this.#measure()
    if (this.#onDisk < bytes) {
      return `less than ${this.#limits.diskReserveBytes} bytes would stay free on the disk of the queue file`
    }
    return this.#inFile < bytes
      ? `the queue file would hold more than ${this.#limits.fileSizeMaxBytes} bytes, its limit`
      : undefined
  }

  /** A message with so many bytes of content was added. */
  take(contentBytes: number): void {
    const bytes = contentBytes + OVERHEAD_BYTES
    this.#inFile -= bytes
    // Once in the write-ahead log, and once where it stays.
    this.#onDisk -= 2 * bytes
  }

  /** Something was taken out of the file, so the next question is answered by a new measurement. */
  measureAgain(): void {
    this.#measuredAt = Number.NEGATIVE_INFINITY
  }

  #measure(): void {
    const { diskReserveBytes, fileSizeMaxBytes } = this.#limits
    this.#measuredAt = this.#clock.elapsed()
    const freeInside = Number(this.#database.pragma('freelist_count')) * this.#pageSize
    const size = Number(this.#database.pragma('page_count')) * this.#pageSize
    this.#inFile = fileSizeMaxBytes === 0 ? Number.POSITIVE_INFINITY : fileSizeMaxBytes - size + freeInside
    this.#onDisk =
      diskReserveBytes === 0
        ? Number.POSITIVE_INFINITY
        : this.#freeBytesAt(this.#database.path) + freeInside - diskReserveBytes
  }
}

function readFreeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(dirname(path))
  return bavail * bsize
}
