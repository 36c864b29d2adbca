import { startService } from '#shared/service'
import { POOL_QUEUES, type PoolQueue } from '../services/queue/pool/create-pool'
import { createWorkerApp, type WorkerTask } from '../services/queue/pool/create-worker-app'
import { workerConfigSchema } from '../services/queue/pool/worker-config'
import { defineCommand, runAsProgram } from './cli/command'
import { UsageError } from './cli/command-error'
import { type Options, toWholeNumber } from './cli/options'

const OPTIONS = {
  queue: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    describe: `Queue to take messages from, once for each: ${POOL_QUEUES.join(', ')} (all).`,
  },
  workers: {
    type: 'string',
    value: 'N',
    default: '1',
    describe: 'Consumers of each queue',
  },
  prefetch: { type: 'string', value: 'N', default: '20', describe: 'Messages that each consumer holds' },
  concurrency: {
    type: 'string',
    value: 'N',
    describe: 'Messages of each queue that are handled at the same time (workers × prefetch).',
  },
} as const

const WORKERS_MAX = 100
const PREFETCH_MAX = 1_000

export const workerCommand = defineCommand({
  invocation: 'npm run worker --',
  summary: `Takes messages from queues of the mesh and has them handled, beside the workers in the queue service or in
their place (WORKER_CONCURRENCY=0). With a broker in QUEUE_URL it takes them from there, else from the queue service
over HTTP (QUEUE_SERVICE_URL). SIGTERM or Ctrl-C lets it finish what it holds.`,
  options: OPTIONS,
  exitCodes: {
    0: 'it was told to stop and did',
    1: 'it could not start, or failed',
    2: 'the command line is wrong',
    78: 'the configuration is wrong',
  },
  async run({ options }) {
    const task = toTask(options)
    await startService({
      name: 'worker',
      configSchema: workerConfigSchema,
      createApp: (deps) => createWorkerApp(task, deps),
    })
    return 0
  },
})

export function toTask({ queue, workers, prefetch, concurrency }: Options<typeof OPTIONS>): WorkerTask {
  return {
    queues: toQueues(queue),
    workers: toWholeNumber('workers', workers, 1, WORKERS_MAX),
    prefetch: toWholeNumber('prefetch', prefetch, 1, PREFETCH_MAX),
    concurrency: concurrency === undefined ? undefined : toWholeNumber('concurrency', concurrency, 1),
  }
}

function toQueues(names: readonly string[] = POOL_QUEUES): readonly PoolQueue[] {
  const queues = names.flatMap((name) => name.split(',')).map((name) => name.trim())
  return [...new Set(queues)].map((name) => {
    const known = POOL_QUEUES.find((queue) => queue === name)
    if (known !== undefined) return known
    throw new UsageError(`--queue takes one of ${POOL_QUEUES.join(', ')}, found "${name}"`)
  })
}

if (require.main === module) void runAsProgram(workerCommand)
