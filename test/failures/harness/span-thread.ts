import { parentPort } from 'node:worker_threads'
import { type ReceivedSpan, startOtlpReceiver } from '../../support/otlp-receiver'
import { checkTrace, type EndedMessage, type TraceVerdict } from './trace-check'
import { TRAFFIC, type TrafficName } from './traffic'

// The receiver of the spans on a thread of its own, because some ten thousand come in a run. It keeps them all
// and judges them there, so that only verdicts go to the test.

export interface JudgeRequest {
  readonly traffic: TrafficName
  readonly messages: readonly EndedMessage[]
  /** Services that a SIGKILL has hit. */
  readonly killed: ReadonlySet<string>
}

export type SpanReport = { readonly url: string } | { readonly verdicts: readonly TraceVerdict[] }

const report = (message: SpanReport) => parentPort?.postMessage(message)

async function main(): Promise<void> {
  const receiver = await startOtlpReceiver()
  parentPort?.on('message', ({ traffic, messages, killed }: JudgeRequest) => {
    const byTrace = Map.groupBy(receiver.spans, (span) => span.traceId)
    const spansOf = ({ traceId }: EndedMessage) => withoutRepeats(byTrace.get(traceId) ?? [])
    const verdictOf = (message: EndedMessage) =>
      checkTrace(message, TRAFFIC[traffic], spansOf(message), killed)
    report({ verdicts: messages.map(verdictOf) })
  })
  report({ url: receiver.url })
}

/** An exporter that got no answer in time sends its spans again. */
function withoutRepeats(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  return [...new Map(spans.map((span) => [span.spanId, span])).values()]
}

void main()
