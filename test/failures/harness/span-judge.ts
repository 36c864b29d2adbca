import { once } from 'node:events'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { JudgeRequest, SpanReport } from './span-thread'
import type { TraceVerdict } from './trace-check'

/** Where the services of a run send their spans. */
export interface SpanJudge {
  /** OTLP endpoint. */
  readonly url: string
  /** One verdict for each message, in their order, from the spans that have arrived. */
  judge(request: JudgeRequest): Promise<readonly TraceVerdict[]>
  close(): Promise<void>
}

export async function startSpanJudge(): Promise<SpanJudge> {
  const worker = new Worker(path.join(__dirname, 'span-thread.js'))
  const nextReport = async () => (await once(worker, 'message'))[0] as SpanReport
  const ready = await nextReport()
  if (!('url' in ready)) throw new Error('the receiver did not say where it listens')
  return {
    url: ready.url,
    async judge(request) {
      worker.postMessage(request)
      const answer = await nextReport()
      return 'verdicts' in answer ? answer.verdicts : []
    },
    async close() {
      await worker.terminate()
    },
  }
}
