import type { DeadLetterReport } from '#shared/contracts'
import { toWholeNumber } from '../cli/options'
import { toPrintable } from '../cli/printable'
import { printRow } from '../cli/rows'
import type { Terminal } from '../cli/terminal'
import type { QueueClient } from '../client/queue-client'
import { countOf, printJson, type Subcommand, toQueue } from './subcommand'

const SHOWN = 20

/** What one page is asked for at most; the service has a limit of its own beside it. */
const PAGE_MAX = 100

/** What was given up in a queue and why, oldest first. */
export const showDeadLetters: Subcommand = async ({ queue: named, options, client, terminal }) => {
  const queue = toQueue(named)
  const limit = options.limit === undefined ? undefined : toWholeNumber('limit', options.limit, 1)
  const { dead_letters: count } = await client.show(queue)
  const deadLetters = await readUpTo(limit, queue, client)
  const hasMore = count > deadLetters.length
  if (options.json) {
    printJson(terminal, { queue, dead_letters: deadLetters, has_more: hasMore })
    return 0
  }
  if (deadLetters.length === 0) terminal.print(`${queue} has no dead letters.`)
  for (const deadLetter of deadLetters) printDeadLetter(deadLetter, terminal)
  if (hasMore) terminal.print(`Shown are ${deadLetters.length} of ${count}; --limit shows more.`)
  return 0
}

/** Page by page, where the broker has pages; else what the first one has. */
async function readUpTo(
  limit: number | undefined,
  queue: string,
  client: QueueClient,
): Promise<DeadLetterReport[]> {
  const wanted = limit ?? SHOWN
  const deadLetters: DeadLetterReport[] = []
  let after: string | undefined
  do {
    const left = wanted - deadLetters.length
    const page = await client.deadLetters(queue, {
      ...(limit !== undefined && { limit: Math.min(left, PAGE_MAX) }),
      ...(after !== undefined && { after }),
    })
    deadLetters.push(...page.dead_letters)
    after = page.next ?? undefined
  } while (after !== undefined && deadLetters.length < wanted)
  return deadLetters.slice(0, wanted)
}

function printDeadLetter(deadLetter: DeadLetterReport, terminal: Terminal): void {
  const { message_id, reason, code, attempts, dead_at, detail, trace_id } = deadLetter
  terminal.print(terminal.style('bold', toPrintable(message_id)))
  printRow(terminal, '  given up', `${dead_at}, ${reason} after ${countOf(attempts, 'attempt')}`)
  printRow(terminal, '  why', toPrintable(`${code}: ${detail}`))
  if (trace_id !== null) printRow(terminal, '  trace', trace_id)
  printRow(terminal, '  body', toPrintable(describeBody(deadLetter, terminal.columns)))
}

/** As much of it as a line has room for. */
function describeBody({ body, body_base64, body_bytes }: DeadLetterReport, columns: number): string {
  const text = body_base64 === null ? JSON.stringify(body) : `${body_bytes} bytes, base64 ${body_base64}`
  const roomMax = Math.max(20, columns - 16)
  return text.length > roomMax ? `${text.slice(0, roomMax - 1)}…` : text
}
