import type { Keypath, Namespace } from '../tree/ast'
import { type Absence, isAbsent, type Lookup, lookUp, Shape, take, valueOfQuery, write } from './shape'

/** The parts of a record; `$p` is no part of one. */
export type RecordPart = Exclude<Namespace, '$p'>

/** What is known of the rows between two stages. It is changed in place from stage to stage. */
export class Scope {
  readonly #parts: Record<RecordPart, Shape>

  constructor(data: Shape, metadata: Shape, labels: Shape) {
    this.#parts = { $d: data, $m: metadata, $l: labels }
  }

  /** Rows of which nothing is known. */
  static open(): Scope {
    return new Scope(new Shape(null), new Shape(null), new Shape(null))
  }

  part(name: RecordPart): Shape {
    return this.#parts[name]
  }

  /** What is known of a keypath; undefined for parameters, which are there whatever the rows are. */
  lookUp({ namespace, segments }: Keypath): Lookup | undefined {
    return namespace === '$p' ? undefined : lookUp(this.#parts[namespace ?? '$d'], segments)
  }

  /** Whether a keypath is known or assumed to be there. */
  mayHave(keypath: Keypath): boolean {
    const lookup = this.lookUp(keypath)
    return lookup === undefined || !isAbsent(lookup.found)
  }

  /** Gives a value to a keypath; the keys of a value that is put into a whole part are added to it. */
  put({ namespace, segments }: Keypath, value: Shape, maker: Absence): void {
    if (namespace === '$p') return
    const part = this.#parts[namespace ?? '$d']
    if (segments.length > 0) write(part, segments, value, maker)
    else part.absorb(value)
  }

  /** Takes a keypath away, and gives back what was known of its value. */
  take({ namespace, segments }: Keypath, absence: Absence): Shape {
    if (namespace === '$p') return valueOfQuery()
    const name = namespace ?? '$d'
    if (segments.length > 0) return take(this.#parts[name], segments, absence)
    const whole = this.#parts[name]
    this.#parts[name] = new Shape(absence)
    whole.detail = { type: 'object', origin: 'query' }
    return whole
  }

  /** Keeps nothing of the rows. What is put into them afterwards is all there is. */
  clear(data: Absence, envelope: Absence): void {
    this.#parts.$d = new Shape(data, { type: 'object', origin: 'query' })
    this.#parts.$m = new Shape(envelope)
    this.#parts.$l = new Shape(envelope)
  }

  /** Takes over the rows of another scope, which must not be used afterwards. */
  replaceBy(other: Scope): void {
    for (const name of RECORD_PARTS) this.#parts[name] = other.#parts[name]
  }

  /** Adds the rows of another scope, which must not be used afterwards. */
  merge(other: Scope): void {
    for (const name of RECORD_PARTS) this.#parts[name].merge(other.#parts[name])
  }
}

export const RECORD_PARTS: readonly RecordPart[] = ['$d', '$m', '$l']
