import type { QueueReport } from '#shared/contracts'
import { printTable } from '../cli/rows'
import { describeAge, UNTOLD } from './describe'
import { printJson, type Subcommand, toQueue } from './subcommand'

/** All there is to know of one queue. */
export const showQueue: Subcommand = async ({ queue, options, client, terminal }) => {
  const report = await client.show(toQueue(queue))
  if (options.json) printJson(terminal, report)
  else printTable(terminal, toRows(report))
  return 0
}

function toRows({ rates, limits, ...report }: QueueReport): [string, string | number][] {
  const rows: [string, string | number][] = [
    ['queue', report.name],
    ['ready', report.ready],
    ['delayed', report.delayed ?? UNTOLD],
    ['in flight', report.in_flight ?? UNTOLD],
    ['consumers', report.consumers],
    ['oldest', describeAge(report.oldest_age_ms)],
    ['dead letters', `${report.dead_letters} in ${report.dead_letter_queue}`],
  ]
  for (const [name, rate] of Object.entries(rates)) {
    const told = rate === null ? UNTOLD : `${rate.per_second}/s over the last minute, ${rate.total} in all`
    rows.push([name.replace('_', '-'), told])
  }
  const ttl = limits.ttl_ms === null ? 'for ever' : `${limits.ttl_ms} ms`
  return [
    ...rows,
    ['may wait', `${limits.length_max} messages, ${ttl}`],
    ['priorities', limits.priorities ? 'high, normal, low' : 'none'],
  ]
}
