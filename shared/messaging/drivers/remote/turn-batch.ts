export interface TurnBatchOptions<Item, Result> {
  /** Most items in one call. */
  readonly countMax: number
  /** Most bytes in one call, unless one item alone has more. */
  readonly bytesMax: number
  readonly sizeOf: (item: Item) => number
  /** Answers for each item, in order. What it throws all of them fail with. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>
}

interface Waiting<Item, Result> {
  readonly item: Item
  readonly done: PromiseWithResolvers<Result>
}

/** Puts what is asked for in one turn of the event loop into one call. */
export class TurnBatch<Item, Result> {
  readonly #options: TurnBatchOptions<Item, Result>
  readonly #pending = new Set<Promise<unknown>>()
  #waiting: Waiting<Item, Result>[] = []

  constructor(options: TurnBatchOptions<Item, Result>) {
    this.#options = options
  }

  add(item: Item): Promise<Result> {
    const done = Promise.withResolvers<Result>()
    this.#waiting.push({ item, done })
    if (this.#waiting.length === 1) setImmediate(() => this.#flush())
    const settled: Promise<unknown> = done.promise
      .then(ignore, ignore)
      .then(() => this.#pending.delete(settled))
    this.#pending.add(settled)
    return done.promise
  }

  /** Resolves when all that was asked for until now is answered. */
  async idle(): Promise<void> {
    await Promise.all(this.#pending)
  }

  #flush(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const part of this.#divide(waiting)) void this.#run(part)
  }

  #divide(waiting: readonly Waiting<Item, Result>[]): Waiting<Item, Result>[][] {
    const { countMax, bytesMax, sizeOf } = this.#options
    const parts: Waiting<Item, Result>[][] = []
    let part: Waiting<Item, Result>[] = []
    let bytes = 0
    for (const one of waiting) {
      const size = sizeOf(one.item)
      if (part.length > 0 && (part.length === countMax || bytes + size > bytesMax)) {
        parts.push(part)
        part = []
        bytes = 0
      }
      part.push(one)
      bytes += size
    }
    return [...parts, part]
  }

  async #run(part: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#options.run(part.map(({ item }) => item))
      part.forEach(({ done }, index) => {
        done.resolve(results[index] as Result)
      })
    } catch (error) {
      for (const { done } of part) done.reject(error)
    }
  }
}

function ignore(): void {}
