/**
 * Who of this process holds which message. When a connection is lost, the broker gives what was held on it to
 * somebody else, who may be in this same process while the first holder is still at work. The second waits until
 * the first is done, or until its lease has run out.
 */
export class HeldMessages {
  readonly #holders = new Map<string, object>()
  readonly #wakers = new Set<() => void>()

  isHeld(queue: string, messageId: string): boolean {
    return this.#holders.has(keyOf(queue, messageId))
  }

  hold(queue: string, messageId: string, holder: object): void {
    this.#holders.set(keyOf(queue, messageId), holder)
  }

  letGo(queue: string, messageId: string, holder: object): void {
    const key = keyOf(queue, messageId)
    if (this.#holders.get(key) !== holder) return
    this.#holders.delete(key)
    for (const wake of this.#wakers) wake()
  }

  /** Calls `wake` whenever a message was let go, for as long as the returned function is not called. */
  onLetGo(wake: () => void): () => void {
    this.#wakers.add(wake)
    return () => this.#wakers.delete(wake)
  }
}

function keyOf(queue: string, messageId: string): string {
  return `${queue}\n${messageId}`
}
