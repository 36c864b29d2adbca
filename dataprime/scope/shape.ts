/**
 * What is known of the keys of an object: a tree of keys, changed in place as stages write and remove them.
 *
 * A query of a hundred thousand stages is followed in linear time, so a shape is never copied: what a
 * dataset gives is shared by all (`bases`), and a stage that keeps only its results starts a new shape.
 */
import type { Segment, Stage } from '../tree/ast'

/** Where a key comes from. */
export type Origin = 'dataset' | 'catalogue' | 'query'

/** What is known of a value beyond the keys below it. */
export interface ValueDetail {
  readonly type: string | undefined
  readonly origin: Origin
  /** Set on an object that nothing lists, but something that lies in it. */
  readonly implied?: true
}

/** Why a key is not there. */
export type Absence =
  /** The records of the dataset do not have it. */
  | {
      readonly kind: 'unknown'
      readonly dataset: string
      /** Set when no source names the dataset. */
      readonly implied?: boolean
    }
  /** A stage took it away, or made an object that does not have it. */
  | {
      readonly kind: 'removed'
      readonly stage: Stage
      /** Whether the documentation leaves no doubt that the key is gone. */
      readonly certain: boolean
    }

/** The answer to "is this key there?": what is known of its value, that it may be there, or why it is not. */
export type Finding = Shape | 'possible' | Absence

/** Deeper keys are not told apart: they may all be there. */
const DEPTH_MAX = 32

/** A query that removes more keys than this is not held to them once other rows are added. */
const REMOVED_COMPARED_MAX = 1000

/** More keys than these are not moved one by one: any key may be there then. */
const ABSORBED_MAX = 1000

const NO_BASES: readonly Shape[] = []
const NO_KEYS: ReadonlyMap<string, Shape> = new Map()

export class Shape {
  /** Why keys that are not listed are absent; null when any key may be there. */
  rest: Absence | null
  /** What is known of the value itself; null where the query or the data only imply that it is there. */
  detail: ValueDetail | null
  /** Whether there are results without a name of their own, whose names begin with an underscore. */
  hasDefaultNames = false
  /** Whether rows of another query were added, in which anything may be below the keys that are listed. */
  mixed = false
  /** Whether it is a whole record, attached below a key of another. */
  attached = false
  // Most values have no keys that are known, so there is nothing to hold any before there is one.
  #keys: Map<string, Shape> | undefined
  #removed: Map<string, Absence> | undefined
  #bases: readonly Shape[]

  constructor(rest: Absence | null, detail: ValueDetail | null = null, bases: readonly Shape[] = NO_BASES) {
    this.rest = rest
    this.detail = detail
    this.#bases = bases
  }

  find(name: string): Finding {
    const own = this.#keys?.get(name) ?? this.#removed?.get(name)
    if (own !== undefined) return own
    for (const base of this.#bases) {
      const inherited = base.find(name)
      if (inherited instanceof Shape) return inherited
    }
    if (this.rest === null || (this.hasDefaultNames && name.startsWith('_'))) return 'possible'
    return this.rest
  }

  /** The keys that are known to be there, those of the query first and each once, up to a number. */
  knownKeys(most: number): readonly (readonly [string, Shape])[] {
    const known = new Map<string, Shape>()
    for (const shape of [this, ...this.#bases]) {
      for (const [name, child] of shape.#keys ?? NO_KEYS) {
        if (known.size >= most) break
        if (!known.has(name) && !this.#removed?.has(name)) known.set(name, child)
      }
    }
    return [...known]
  }

  set(name: string, child: Shape): void {
    this.#removed?.delete(name)
    this.#keys ??= new Map()
    this.#keys.set(name, child)
  }

  /** The shape of a key as one that may be changed; the key is made when it was not there. */
  own(name: string, maker: Absence): Shape {
    const own = this.#keys?.get(name)
    if (own !== undefined) return own
    const found = this.find(name)
    const child =
      found instanceof Shape
        ? new Shape(found.rest, found.detail, [found])
        : new Shape(found === 'possible' ? null : maker, null)
    this.set(name, child)
    return child
  }

  /** Makes everything possible. */
  open(): void {
    this.rest = null
    this.#removed = undefined
  }

  /** Takes a key out; what was known of its value can be put elsewhere. */
  detach(name: string, absence: Absence): Shape {
    const value = this.own(name, absence)
    this.#keys?.delete(name)
    this.#removed ??= new Map()
    this.#removed.set(name, absence)
    value.detail = { type: value.detail?.type, origin: 'query' }
    return value
  }

  /** Adds the keys of a value, over those that are there; the value must not be used for anything else afterwards. */
  absorb(value: Shape): void {
    this.#restoreRemoved(value)
    const keys = value.#keys ?? NO_KEYS
    if (value.rest === null || keys.size > ABSORBED_MAX) this.open()
    if (keys.size <= ABSORBED_MAX) for (const [name, child] of keys) this.set(name, child)
    this.#addBases(value)
    this.hasDefaultNames ||= value.hasDefaultNames
  }

  /** Adds the keys of the rows of another query, which must not be used for anything else afterwards. */
  merge(other: Shape): void {
    const pending: (readonly [Shape, Shape])[] = [[this, other]]
    for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
      const [into, from] = pair
      into.#mergeRest(from)
      for (const [name, child] of from.#keys ?? NO_KEYS) {
        const own = into.#keys?.get(name)
        if (own !== undefined) pending.push([own, child])
        else into.set(name, child)
      }
    }
  }

  #mergeRest(other: Shape): void {
    this.#restoreRemoved(other)
    if (this.rest === null || other.rest === null) {
      this.rest = null
      // An object in the rows of one query may have other keys in those of the other.
      this.mixed = true
    } else if (other.rest.kind === 'unknown') {
      this.rest = other.rest
    }
    this.#addBases(other)
    this.hasDefaultNames ||= other.hasDefaultNames
    this.mixed ||= other.mixed
  }

  #addBases(other: Shape): void {
    const added = other.#bases.filter((base) => !this.#bases.includes(base))
    if (added.length > 0) this.#bases = [...this.#bases, ...added]
  }

  #restoreRemoved(other: Shape): void {
    if (this.#removed === undefined) return
    if (this.#removed.size > REMOVED_COMPARED_MAX) this.#removed.clear()
    for (const name of this.#removed.keys()) {
      const found = other.find(name)
      if (!isAbsent(found)) this.#removed.delete(name)
    }
  }
}

/** A value that is there, of which nothing more is known. */
export function valueOfQuery(type?: string): Shape {
  return new Shape(null, { type, origin: 'query' })
}

/** What is known of a keypath below a shape. */
export interface Lookup {
  readonly found: Finding
  /** The segment that the answer is about, and the shape it was looked for in. */
  readonly depth: number
  readonly parent: Shape
  /** The first segment within the record that the value belongs to, which may be attached below a key. */
  readonly recordDepth: number
  /** Whether the query itself made the value, or one that it lies in. */
  readonly given: boolean
}

/** Follows the segments of a keypath down as far as something is known of them. */
export function lookUp(root: Shape, segments: readonly Segment[]): Lookup {
  let shape = root
  let mixed = false
  let given = isGiven(root)
  let recordDepth = 0
  for (let depth = 0; depth < segments.length; depth++) {
    const segment = segments[depth] as Segment
    if (segment.kind === 'IndexSegment') return { found: shape, depth, recordDepth, parent: shape, given }
    const found = shape.find(segment.name)
    if (!(found instanceof Shape)) {
      return { found: mixed ? 'possible' : found, depth, recordDepth, parent: shape, given }
    }
    given ||= isGiven(found)
    if (depth === segments.length - 1) return { found, depth, recordDepth, parent: shape, given }
    mixed ||= shape.mixed
    if (found.attached) recordDepth = depth + 1
    shape = found
  }
  return { found: root, depth: 0, recordDepth, parent: root, given }
}

function isGiven({ detail }: Shape): boolean {
  return detail?.origin === 'query'
}

/** Gives a value to the keypath below a shape, making the objects on the way to it. */
export function write(root: Shape, segments: readonly Segment[], value: Shape, maker: Absence): void {
  const names = namesOf(segments)
  const last = names.pop()
  if (last === undefined) {
    root.open()
    return
  }
  const parent = names.reduce((shape, name) => shape.own(name, maker), root)
  if (names.length + 1 === segments.length) parent.set(last, value)
  // Which key is written shows when the query runs.
  else parent.own(last, maker).open()
}

/** Takes a keypath away, with everything below it, and gives back what was known of it. */
export function take(root: Shape, segments: readonly Segment[], absence: Absence): Shape {
  const names = namesOf(segments)
  const last = names.pop()
  const isThere = names.length + 1 === segments.length && !isAbsent(lookUp(root, segments).found)
  if (last === undefined || !isThere) return valueOfQuery()
  return names.reduce((shape, name) => shape.own(name, absence), root).detach(last, absence)
}

export function isAbsent(found: Finding): found is Absence {
  return found !== 'possible' && !(found instanceof Shape)
}

/** The names a keypath begins with, up to the first that shows only when the query runs. */
function namesOf(segments: readonly Segment[]): string[] {
  const names: string[] = []
  for (const segment of segments) {
    if (segment.kind === 'IndexSegment' || names.length === DEPTH_MAX) break
    names.push(segment.name)
  }
  return names
}
