import { UsageError } from '../cli/command-error'
import type { Terminal } from '../cli/terminal'
import type { QueueClient } from '../client/queue-client'

export interface SubcommandInput {
  /** The queue that was named. */
  readonly queue: string | undefined
  readonly options: {
    readonly 'dead-letters'?: boolean | undefined
    readonly yes?: boolean | undefined
    readonly id?: readonly string[] | undefined
    readonly limit?: string | undefined
    readonly json?: boolean | undefined
  }
  readonly client: QueueClient
  readonly terminal: Terminal
}

/** @returns the exit code */
export type Subcommand = (input: SubcommandInput) => Promise<number>

/** @throws UsageError when no queue was named */
export function toQueue(queue: string | undefined): string {
  if (queue !== undefined) return queue
  throw new UsageError('the name of a queue is needed; `npm run queues -- list` has them')
}

export function printJson(terminal: Terminal, result: unknown): void {
  terminal.print(JSON.stringify(result, null, 2))
}

export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
