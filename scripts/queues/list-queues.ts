import type { QueueReport } from '#shared/contracts'
import { UsageError } from '../cli/command-error'
import { printColumns } from '../cli/rows'
import { describeAge, UNTOLD } from './describe'
import { printJson, type Subcommand } from './subcommand'

const TITLES = ['queue', 'ready', 'delayed', 'in flight', 'consumers', 'dead', 'oldest', 'in/s', 'done/s']

/** Every queue with its depth and what moves, a line each. */
export const listQueues: Subcommand = async ({ queue, options, client, terminal }) => {
  if (queue !== undefined) throw new UsageError(`list shows every queue; show ${queue} shows one`)
  const found = await client.list()
  if (options.json) printJson(terminal, found)
  else printColumns(terminal, TITLES, found.queues.map(toCells))
  return 0
}

function toCells({ rates, ...queue }: QueueReport): (string | number)[] {
  return [
    queue.name,
    queue.ready,
    queue.delayed ?? UNTOLD,
    queue.in_flight ?? UNTOLD,
    queue.consumers,
    queue.dead_letters,
    describeAge(queue.oldest_age_ms),
    rates.published.per_second,
    rates.acked?.per_second ?? UNTOLD,
  ]
}
