import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { SERVICES, type ServiceKey, WORKER } from '#shared/config'
import { getJson } from '../../support/ask'
import { eventually } from '../../support/eventually'
import { type ExitOutcome, type Mesh, startMesh } from '../../support/mesh'
import { storedRows } from '../../support/stored-rows'
import { startWorker, type WorkerProcess } from '../../support/worker'
import { type Counts, countMessages, type Row, toCountsLine, withEnds } from './counts'
import { type FaultProxy, startFaultProxy } from './fault-proxy'
import type { Fault } from './fault-thread'
import type { QueueKind } from './queue-kinds'
import type { SendOptions } from './sender'
import { Sending } from './sending'
import { isAccepted, type SentMessage } from './sent-message'
import { type SettableClock, startSettableClock } from './settable-clock'
import { type SpanJudge, startSpanJudge } from './span-judge'
import type { TraceVerdict } from './trace-check'
import { TRAFFIC, type Traffic, type TrafficName } from './traffic'
import { countUnreadSockets } from './unread-sockets'

/** Messages of one run, which is what the promise is proved on; fewer are for a quick look alone. */
export const MESSAGES = Number(process.env.FAILURE_MESSAGES ?? 3_000)

/** Faster than the services work them off, so that there is always something to hit. */
const RATE_PER_SECOND = 400

/** The services between a sender of jobs and storage.db. */
const JOB_SERVICES: readonly ServiceKey[] = ['queue', 'processing', 'storage']

/** Nothing more is waited for when nothing more came to an end for so long. */
const PROGRESS_WITHIN_MS = 30_000
const SETTLED_INTERVAL_MS = 250

const ENV = {
  /** Short, so that a run ends; as many as a service needs to come back on a busy machine. */
  RETRY_DELAYS_MS: '200,500,1000,2000,4000,8000,16000',
  /** Long, so that a process that the machine holds up for a while loses nothing by it. */
  QUEUE_LEASE_MS: '10000',
  /** What a killed process has not exported is lost to its traces; this keeps it little. */
  OTEL_BSP_SCHEDULE_DELAY: '50',
  /** How soon a worker asks again for a service that was away. */
  WORKER_PAUSE_MS: '200',
  WORKER_PAUSE_MAX_MS: '1000',
  LOG_LEVEL: 'error',
  /** Their own scenario is about them; the others have the processor for themselves. */
  EVENTS: 'off',
}

export interface QueueState {
  readonly ready: number
  /** 0 on a broker that cannot tell, because others wait there for their retry. */
  readonly delayed: number
  /** 0 on a broker that cannot tell, because workers in other processes take from it. */
  readonly in_flight: number
  readonly dead_letters: number
}

/** As the queue service tells it; null is what a broker cannot tell. */
interface QueueReport extends Pick<QueueState, 'ready' | 'dead_letters'> {
  readonly delayed: number | null
  readonly in_flight: number | null
}

export interface FailureRunOptions {
  /** What is broken; the row of the table is called so. */
  readonly scenario: string
  readonly queue: QueueKind
  /** Jobs unless told otherwise. */
  readonly traffic?: TrafficName
  readonly services?: readonly ServiceKey[]
  readonly env?: Readonly<Record<string, string>>
  /** What the processing service fails at, in the eyes of the worker. */
  readonly faults?: readonly Fault[]
  /** True when the scenario sets the clock of the services. */
  readonly setsClock?: boolean
}

/** What a run came to. */
export interface RunOutcome {
  readonly counts: Counts
  /** What the spans say of the message with this number. */
  verdictOf(index: number): TraceVerdict
}

interface RunParts {
  readonly mesh: Mesh
  readonly judge: SpanJudge
  readonly proxy: FaultProxy | undefined
  readonly clock: SettableClock | undefined
}

/**
 * One scenario: the services behind the queue as processes, a receiver of their spans, and a sender. `finish`
 * waits until all that was accepted has come to an end, counts, prints the counts, and stops everything.
 */
export class FailureRun {
  readonly mesh: Mesh
  readonly #options: FailureRunOptions
  readonly #parts: RunParts
  readonly #test: TestContext
  readonly #trafficName: TrafficName
  readonly #traffic: Traffic
  readonly #startedAt = performance.now()
  readonly #killed = new Set<string>()
  readonly #frozenPids = new Set<number>()
  readonly #running = new Set<ServiceKey>()
  readonly #workers = new Set<WorkerProcess>()
  #sending: Sending | undefined
  #isStopped = false

  private constructor(test: TestContext, options: FailureRunOptions, parts: RunParts) {
    this.#test = test
    this.#options = options
    this.#trafficName = options.traffic ?? 'jobs'
    this.#traffic = TRAFFIC[this.#trafficName]
    this.#parts = parts
    this.mesh = parts.mesh
  }

  static async start(test: TestContext, options: FailureRunOptions): Promise<FailureRun> {
    const closers: (() => Promise<void>)[] = []
    test.after(async () => {
      // The last started first: a service that is stopped still has spans to export.
      for (const close of closers.reverse()) await close()
    })
    const judge = await startSpanJudge()
    closers.push(judge.close)
    const proxy = options.faults === undefined ? undefined : await startFaultProxy()
    if (proxy !== undefined) closers.push(proxy.close)
    const clock = options.setsClock === true ? startSettableClock(test) : undefined
    const env = options.queue.open(test, {
      ...ENV,
      ...(proxy !== undefined && { PROCESSING_SERVICE_URL: proxy.url }),
      ...clock?.env,
      ...options.env,
    })
    const services = options.services ?? JOB_SERVICES
    const mesh = await startMesh({ services, otlpUrl: judge.url, env })
    proxy?.order(mesh.urlOf('processing'), options.faults ?? [])
    const run = new FailureRun(test, options, { mesh, judge, proxy, clock })
    for (const service of services) run.#running.add(service)
    closers.push(() => run.#stop())
    return run
  }

  /** Begins to send; 3,000 messages at 400 a second unless told otherwise. */
  send(options: Partial<SendOptions> = {}): Sending {
    assert.equal(this.#sending, undefined, 'a run has one sender')
    this.#sending = new Sending({
      url: this.mesh.urlOf(this.#traffic.service),
      options: { traffic: this.#trafficName, count: MESSAGES, ratePerSecond: RATE_PER_SECOND, ...options },
    })
    return this.#sending
  }

  /** SIGKILL: no handler runs, no buffer is written, no span is exported. */
  async kill(part: ServiceKey): Promise<void> {
    this.#killed.add(SERVICES[part].serviceName)
    this.#frozenPids.delete(this.mesh.pidOf(part))
    this.#running.delete(part)
    await this.mesh.kill(part, 'SIGKILL')
  }

  /** A worker in a process of its own, with these arguments, once it takes messages. */
  async startWorker(...args: readonly string[]): Promise<WorkerProcess> {
    // It says at this level that it is ready.
    const worker = await startWorker({ env: { ...this.mesh.env, LOG_LEVEL: 'info' } }, args)
    this.#workers.add(worker)
    return worker
  }

  /** SIGKILL, as `kill`. */
  async killWorker(worker: WorkerProcess): Promise<void> {
    this.#killed.add(WORKER.serviceName)
    this.#workers.delete(worker)
    await worker.kill('SIGKILL')
  }

  /** SIGTERM; resolves with how the process ended. */
  terminate(part: ServiceKey): Promise<ExitOutcome> {
    this.#running.delete(part)
    return this.mesh.kill(part, 'SIGTERM')
  }

  async start(part: ServiceKey): Promise<void> {
    await this.mesh.start(part)
    this.#running.add(part)
  }

  /** Stops a process where it stands until the returned function lets it go on. */
  freeze(part: ServiceKey): () => void {
    const pid = this.mesh.pidOf(part)
    process.kill(pid, 'SIGSTOP')
    this.#frozenPids.add(pid)
    return () => {
      if (this.#frozenPids.delete(pid)) process.kill(pid, 'SIGCONT')
    }
  }

  /** Sets the wall clock of the services, also of those to be started, so far ahead; negative is behind. */
  async setClock(aheadMs: number): Promise<void> {
    assert.ok(this.#parts.clock !== undefined, 'the scenario has no clock to set')
    const running = [...this.#running]
    this.#parts.clock.set(aheadMs, running.map(this.mesh.pidOf))
    for (const part of running) {
      await eventually(`the clock of ${part} is set`, async () => {
        const { timestamp } = (await getJson<{ timestamp: string }>(`${this.mesh.urlOf(part)}/health`)).body
        return Math.abs(Date.parse(timestamp) - Date.now() - aheadMs) < 60_000
      })
    }
  }

  /** Numbers of the messages that were faulted by the proxy so far, once for each time. */
  get faultyIndexes(): readonly number[] {
    return this.#parts.proxy?.faultyIndexes ?? []
  }

  /** What is in the queues of the traffic, all together. */
  async queueState(): Promise<QueueState> {
    const total = { ready: 0, delayed: 0, in_flight: 0, dead_letters: 0 }
    for (const queue of this.#traffic.queues) {
      const { status, body } = await getJson<QueueReport>(`${this.mesh.urlOf('queue')}/queues/${queue}`)
      assert.equal(status, 200, `${queue} can be looked at`)
      total.ready += body.ready
      total.delayed += body.delayed ?? 0
      total.in_flight += body.in_flight ?? 0
      total.dead_letters += body.dead_letters
    }
    return total
  }

  /** Whether the worker holds so many messages or more. */
  async isWorking(count: number): Promise<boolean> {
    return (await this.queueState()).in_flight >= count
  }

  /** Whether requests have reached a frozen service; true where that cannot be told. */
  async hasUnreadRequests(part: ServiceKey): Promise<boolean> {
    const port = Number(new URL(this.mesh.urlOf(part)).port)
    return (await countUnreadSockets(port)) !== 0
  }

  storedCount(): number {
    const sql = `SELECT count(*) AS count FROM (${this.#traffic.rowsSql})`
    return storedRows<{ count: number }>(this.mesh, 'storage.db', sql)[0]?.count ?? 0
  }

  /** Counters of one service since it was started. */
  async counters(part: ServiceKey): Promise<Record<string, number>> {
    const { counters } = (
      await getJson<{ counters: Record<string, number> }>(`${this.mesh.urlOf(part)}/stats`)
    ).body
    return counters
  }

  /**
   * Waits until everything accepted has come to an end, or until nothing happens any more; what is missing then is
   * for the counts to tell.
   *
   * @returns the state of the queue at that time
   */
  async settled(): Promise<QueueState> {
    const acceptedCount = (await this.#ledger()).filter(isAccepted).length
    let endedCount = -1
    let progressAt = performance.now()
    return eventually(
      'everything accepted came to an end',
      async () => {
        const state = await this.queueState()
        const ended = this.storedCount() + state.dead_letters
        if (ended > endedCount) {
          endedCount = ended
          progressAt = performance.now()
        }
        const isIdle = state.ready + state.delayed + state.in_flight === 0
        const isStuck = performance.now() - progressAt > PROGRESS_WITHIN_MS
        return ((ended >= acceptedCount && isIdle) || isStuck) && state
      },
      10 * PROGRESS_WITHIN_MS,
      SETTLED_INTERVAL_MS,
    )
  }

  /** Waits as `settled` does, then stops everything, counts and prints the counts. */
  async finish(): Promise<RunOutcome> {
    const { dead_letters } = await this.settled()
    const ledger = await this.#ledger()
    const rows = storedRows<Row>(this.mesh, 'storage.db', this.#traffic.rowsSql)
    // What a service has not exported yet, it exports when it is told to stop: then all spans are there.
    await this.#stop()
    const messages = withEnds(ledger, rows)
    const verdicts = await this.#parts.judge.judge({
      traffic: this.#trafficName,
      messages,
      killed: this.#killed,
    })
    const seconds = (performance.now() - this.#startedAt) / 1_000
    const counts = countMessages({ messages, verdicts, rows, deadLetters: dead_letters, seconds })
    const broken = verdicts.filter(({ state }) => state === 'broken')
    for (const { reason } of broken.slice(0, 10)) this.#test.diagnostic(`broken trace: ${reason}`)
    this.#test.diagnostic(toCountsLine(this.#options.scenario, this.#options.queue.name, counts))
    return { counts, verdictOf: (index) => verdicts[index] as TraceVerdict }
  }

  #ledger(): Promise<readonly SentMessage[]> {
    assert.ok(this.#sending !== undefined, 'nothing was sent')
    return this.#sending.done
  }

  async #stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    await this.#sending?.close()
    for (const pid of this.#frozenPids) process.kill(pid, 'SIGCONT')
    // Before those that they call.
    await Promise.all([...this.#workers].map((worker) => worker.kill('SIGTERM')))
    await this.mesh.stop()
  }
}
