import { listQueues } from './list-queues'
import { purgeQueue } from './purge-queue'
import { replayDeadLetters } from './replay-dead-letters'
import { showDeadLetters } from './show-dead-letters'
import { showQueue } from './show-queue'
import type { Subcommand } from './subcommand'

export const SUBCOMMANDS = {
  list: listQueues,
  show: showQueue,
  'dead-letters': showDeadLetters,
  purge: purgeQueue,
  replay: replayDeadLetters,
} as const satisfies Record<string, Subcommand>

export type SubcommandName = keyof typeof SUBCOMMANDS

export function isSubcommandName(word: string): word is SubcommandName {
  return Object.hasOwn(SUBCOMMANDS, word)
}
