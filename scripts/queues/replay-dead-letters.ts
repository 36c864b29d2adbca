import { toWholeNumber } from '../cli/options'
import type { QueueClient } from '../client/queue-client'
import { countOf, printJson, type Subcommand, toQueue } from './subcommand'

/** Dead letters that one call replays: each is short, and an interrupted command has done whole calls. */
const STEP_MAX = 100

interface Outcome {
  readonly message_ids: string[]
  readonly not_replayed: string[]
  /** Dead letters that are left. */
  dead_letters: number
}

/** Puts dead letters back: those named, or the oldest up to a limit, or all there were at the beginning. */
export const replayDeadLetters: Subcommand = async ({ queue: named, options, client, terminal }) => {
  const queue = toQueue(named)
  const limit = options.limit === undefined ? undefined : toWholeNumber('limit', options.limit, 1)
  const ids = options.id
  const outcome =
    ids === undefined
      ? await replayOldest(client, queue, limit)
      : await replayNamed(client, queue, ids, limit)
  if (options.json) printJson(terminal, { queue, ...outcome })
  else {
    const { message_ids, not_replayed, dead_letters } = outcome
    terminal.print(
      `Replayed ${countOf(message_ids.length, 'dead letter')} of ${queue}, ${dead_letters} left.`,
    )
    for (const id of not_replayed) terminal.warn(terminal.style('red', `not replayed: ${id}`))
  }
  return outcome.not_replayed.length === 0 ? 0 : 1
}

async function replayNamed(
  client: QueueClient,
  queue: string,
  ids: readonly string[],
  limit: number = ids.length,
): Promise<Outcome> {
  const { dead_letters } = await client.show(queue)
  const outcome: Outcome = { message_ids: [], not_replayed: [], dead_letters }
  const wanted = ids.slice(0, limit)
  for (let from = 0; from < wanted.length; from += STEP_MAX) {
    add(outcome, await client.replay(queue, { message_ids: wanted.slice(from, from + STEP_MAX) }))
  }
  return outcome
}

/** What is replayed and fails again at once is a dead letter once more; the count at the beginning ends that. */
async function replayOldest(
  client: QueueClient,
  queue: string,
  limit = Number.POSITIVE_INFINITY,
): Promise<Outcome> {
  const { dead_letters } = await client.show(queue)
  const outcome: Outcome = { message_ids: [], not_replayed: [], dead_letters }
  const max = Math.min(limit, dead_letters)
  while (outcome.message_ids.length < max) {
    const step = await client.replay(queue, { limit: Math.min(STEP_MAX, max - outcome.message_ids.length) })
    add(outcome, step)
    if (step.message_ids.length === 0) break
  }
  return outcome
}

function add(outcome: Outcome, step: Outcome): void {
  outcome.message_ids.push(...step.message_ids)
  outcome.not_replayed.push(...step.not_replayed)
  outcome.dead_letters = step.dead_letters
}
