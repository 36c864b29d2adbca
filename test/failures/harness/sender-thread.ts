import { parentPort, workerData } from 'node:worker_threads'
import { type SendEvent, type SendOptions, sendAll } from './sender'
import type { SentMessage } from './sent-message'

// The sender on a thread of its own: the test runner follows each promise of its own thread, which makes a
// thousand of them expensive, and a sender that is held up by the test is no open loop.

export interface SenderData {
  /** Of the service that the traffic goes to. */
  readonly url: string
  readonly options: SendOptions
}

/** One more message was accepted or refused, or this was all. An error is an answer that nobody expected. */
export type SenderReport = SendEvent | { readonly ledger: readonly SentMessage[] }

const report = (message: SenderReport) => parentPort?.postMessage(message)

async function main({ url, options }: SenderData): Promise<void> {
  report({ ledger: await sendAll(url, options, report) })
}

void main(workerData as SenderData)
