/** The most recent lines of a child, kept to be shown again when it dies. */
export class LastLines {
  readonly #kept: string[] = []

  constructor(private readonly max = 20) {}

  add(line: string): void {
    this.#kept.push(line)
    if (this.#kept.length > this.max) this.#kept.shift()
  }

  toArray(): readonly string[] {
    return [...this.#kept]
  }
}
