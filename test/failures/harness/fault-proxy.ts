import { once } from 'node:events'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Fault, FaultOrders, FaultReport } from './fault-thread'

/** Stands before a service and is its fault for some of the messages. */
export interface FaultProxy {
  readonly url: string
  /** Passes requests on to `target` from now on, but for these faults. */
  order(target: string, faults: readonly Fault[]): void
  /** Numbers of the messages of the requests that were at fault so far. */
  readonly faultyIndexes: readonly number[]
  close(): Promise<void>
}

export async function startFaultProxy(): Promise<FaultProxy> {
  const worker = new Worker(path.join(__dirname, 'fault-thread.js'))
  const [ready] = (await once(worker, 'message')) as [FaultReport]
  if (!('url' in ready)) throw new Error('the proxy did not say where it listens')
  const faultyIndexes: number[] = []
  worker.on('message', (report: FaultReport) => {
    if ('faultyIndex' in report) faultyIndexes.push(report.faultyIndex)
  })
  return {
    url: ready.url,
    faultyIndexes,
    order: (target, faults) => worker.postMessage({ target, faults } satisfies FaultOrders),
    async close() {
      await worker.terminate()
    },
  }
}
