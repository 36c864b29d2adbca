import { MESSAGE_PRIORITIES } from '../../message'
import type { Entry } from './entry'

/** What is ready in one queue, in the order in which it is claimed: by rank, then by arrival. */
export class ReadyLine {
  readonly #entries: Entry[] = []

  get length(): number {
    return this.#entries.length
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.#entries[Symbol.iterator]()
  }

  add(entry: Entry): void {
    this.#entries.splice(this.#placeOf(entry), 0, entry)
  }

  /** `entry` must be in it. */
  remove(entry: Entry): void {
    this.#entries.splice(this.#placeOf(entry), 1)
  }

  /** The first `limit` that are meant. */
  first(limit: number, isMeant: (entry: Entry) => boolean): Entry[] {
    const found: Entry[] = []
    for (const entry of this.#entries) {
      if (found.length >= limit) break
      if (isMeant(entry)) found.push(entry)
    }
    return found
  }

  /** The one that arrived first, whatever its rank. */
  oldest(): Entry | undefined {
    return MESSAGE_PRIORITIES.map((_, rank) => this.#entries[this.#placeOf({ rank, sequence: 0 })])
      .filter((entry) => entry !== undefined)
      .sort((one, other) => one.sequence - other.sequence)[0]
  }

  /** Where it is, or where it belongs: found by halving, because there may be many. */
  #placeOf({ rank, sequence }: Pick<Entry, 'rank' | 'sequence'>): number {
    let from = 0
    let to = this.#entries.length
    while (from < to) {
      const middle = (from + to) >> 1
      const other = this.#entries[middle] as Entry
      const isBefore = other.rank < rank || (other.rank === rank && other.sequence < sequence)
      if (isBefore) from = middle + 1
      else to = middle
    }
    return from
  }
}
