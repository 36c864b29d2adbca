import type { Writable } from 'node:stream'

/**
 * Lets what is written to a socket within a turn of the event loop leave in one system call. The client library
 * writes each message by itself, which costs as much as everything else it does for it.
 */
export class WriteCombiner {
  readonly #socket: Writable
  #isCorked = false

  constructor(socket: Writable) {
    this.#socket = socket
    // What had no room is written by the library's own listener.
    socket.prependListener('drain', () => this.combine())
  }

  /** To be called before something is written: the library's own write comes in the next turn at the latest. */
  combine(): void {
    if (this.#isCorked) return
    this.#isCorked = true
    this.#socket.cork()
    // The library hands over in an immediate that it asks for after this one, so the one after next is the first
    // that surely comes behind it.
    setImmediate(() => setImmediate(() => this.#release()))
  }

  #release(): void {
    this.#isCorked = false
    this.#socket.uncork()
  }
}
