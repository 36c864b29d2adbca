import type { DeadLetterReport } from '#shared/contracts'
import { toWholeNumber } from '../cli/options'
import { printRow } from '../cli/rows'
import type { Terminal } from '../cli/terminal'
import type { QueueClient } from '../client/queue-client'
import { countOf, printJson, type Subcommand, toQueue } from './subcommand'

const LIMIT = '20'

/** What was given up in a queue and why, oldest first. */
export const showDeadLetters: Subcommand = async ({ queue: named, options, client, terminal }) => {
  const queue = toQueue(named)
  const limit = toWholeNumber('limit', options.limit ?? LIMIT, 1)
  const { deadLetters, hasMore } = await readUpTo(limit, queue, client)
  if (options.json) {
    printJson(terminal, { queue, dead_letters: deadLetters, has_more: hasMore })
    return 0
  }
  if (deadLetters.length === 0) terminal.print(`${queue} has no dead letters.`)
  for (const deadLetter of deadLetters) printDeadLetter(deadLetter, terminal)
  if (hasMore) terminal.print('There are more; --limit shows them.')
  return 0
}

async function readUpTo(limit: number, queue: string, client: QueueClient) {
  const deadLetters: DeadLetterReport[] = []
  let after: string | undefined
  for (;;) {
    const page = await client.deadLetters(queue, after)
    deadLetters.push(...page.dead_letters)
    if (page.next === null || deadLetters.length >= limit) {
      const hasMore = page.next !== null || deadLetters.length > limit
      return { deadLetters: deadLetters.slice(0, limit), hasMore }
    }
    after = page.next
  }
}

function printDeadLetter(deadLetter: DeadLetterReport, terminal: Terminal): void {
  const { message_id, reason, code, attempts, dead_at, detail, trace_id } = deadLetter
  terminal.print(terminal.style('bold', message_id))
  printRow(terminal, '  given up', `${dead_at}, ${reason} after ${countOf(attempts, 'attempt')}`)
  printRow(terminal, '  why', `${code}: ${detail}`)
  if (trace_id !== null) printRow(terminal, '  trace', trace_id)
  printRow(terminal, '  body', describeBody(deadLetter, terminal.columns))
}

/** As much of it as a line has room for. */
function describeBody({ body, body_base64, body_bytes }: DeadLetterReport, columns: number): string {
  const text = body_base64 === null ? JSON.stringify(body) : `${body_bytes} bytes, base64 ${body_base64}`
  const roomMax = Math.max(20, columns - 16)
  return text.length > roomMax ? `${text.slice(0, roomMax - 1)}…` : text
}
