import { randomBytes } from 'node:crypto'

/** What every message of the benchmark has for a body: a kilobyte, about what a job has. */
export const BODY = { text: randomBytes(512).toString('hex') }

export const BODY_BYTES = Buffer.from(JSON.stringify(BODY))

/** The queue that is measured. */
export const QUEUE = 'bench'

/** Longer than anything waits here, so that no limit is what is measured. */
export const LENGTH_MAX = 10_000_000
