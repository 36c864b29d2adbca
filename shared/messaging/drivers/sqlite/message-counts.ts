import type { QueueCounts } from '../embedded/message-store'
import type { CountRow, MessageState } from './statements'

type State = Exclude<MessageState, 'done'>

interface Counted {
  readonly queues: Map<string, Record<State, number>>
  done: number
}

const NONE: QueueCounts = { ready: 0, delayed: 0, leased: 0 }

/**
 * How many messages are in a file, counted once and kept up since: a length limit must not cost a scan each time.
 * Every change of the file is told here, and what is undone there is counted again.
 */
export class MessageCounts {
  readonly #count: () => readonly CountRow[]
  #known: Counted | undefined

  constructor(count: () => readonly CountRow[]) {
    this.#count = count
  }

  /** Counts unless it is known: before a change, or the change would be counted twice. */
  know(): Counted {
    this.#known ??= toCounted(this.#count())
    return this.#known
  }

  /** A transaction was undone: what it had changed is no longer so. */
  forget(): void {
    this.#known = undefined
  }

  of(queue: string): QueueCounts {
    return this.know().queues.get(queue) ?? NONE
  }

  get done(): number {
    return this.know().done
  }

  /** Every queue that has been used. */
  queues(): readonly string[] {
    return [...this.know().queues.keys()]
  }

  move(
    queue: string,
    move: { readonly from?: MessageState; readonly to?: MessageState; readonly messages?: number },
  ): void {
    const { from, to, messages = 1 } = move
    if (from !== undefined) this.#add(queue, from, -messages)
    if (to !== undefined) this.#add(queue, to, messages)
  }

  /** Done messages of any queue were swept. */
  sweep(messages: number): void {
    this.know().done -= messages
  }

  #add(queue: string, state: MessageState, messages: number): void {
    const counted = this.know()
    if (state === 'done') counted.done += messages
    else countsOf(counted, queue)[state] += messages
  }
}

function toCounted(rows: readonly CountRow[]): Counted {
  const counted: Counted = { queues: new Map(), done: 0 }
  for (const { queue, state, messages } of rows) {
    const counts = countsOf(counted, queue)
    if (state === 'done') counted.done += messages
    else counts[state] = messages
  }
  return counted
}

function countsOf({ queues }: Counted, queue: string): Record<State, number> {
  const known = queues.get(queue)
  if (known !== undefined) return known
  const none = { ...NONE }
  queues.set(queue, none)
  return none
}
