import type { Keypath } from '../tree/ast'
import { type InferredType, UNKNOWN, weaken } from './inferred-type'

/** A namespace and the names below it. */
export type KeyPath = readonly string[]

/** The types of keypaths at one point of a pipeline. */
export interface TypeEnvironment {
  lookup(path: KeyPath): InferredType
}

/** An environment that a pipeline changes as it goes: each stage reads it and then writes to it. */
export interface ChangingEnvironment extends TypeEnvironment {
  /** The keypath has a value of the type from now on; what was known of keys below it is forgotten. */
  assign(path: KeyPath, type: InferredType): void
  /** Nothing is known of the keypath from now on. */
  forget(path: KeyPath): void
  /** Everything known moves along with the value. */
  move(from: KeyPath, to: KeyPath): void
  /** Rows of another kind have come in: nothing that was known is certain any more. */
  weakenAll(): void
}

/** The types of fields by the text of `keyOf`. */
export type FieldTypes = ReadonlyMap<string, InferredType>

/** The key of a field in `FieldTypes`. */
export function keyOf(path: KeyPath): string {
  return path.join('\0')
}

interface Entry {
  type: InferredType | undefined
  /** Up to which weakening the type is one of those that were weakened. */
  era: number
  /** Whether the entry stands for all below it, so that the fields of the source no longer show. */
  hidesFields: boolean
  readonly children: Map<string, Entry>
}

/**
 * What is written lies over the fields the rows are read with, which are shared by all pipelines and never
 * copied, so that a query of many stages and sub-queries costs no more than its text.
 */
export function createTypeEnvironment(fields: FieldTypes): ChangingEnvironment {
  let era = 0
  const root = createEntry()

  function createEntry(hidesFields = false): Entry {
    return { type: undefined, era, hidesFields, children: new Map() }
  }

  function reach(path: KeyPath): Entry {
    let entry = root
    for (const name of path) {
      let child = entry.children.get(name)
      if (child === undefined) {
        child = createEntry()
        entry.children.set(name, child)
      }
      entry = child
    }
    return entry
  }

  function replace(path: KeyPath, entry: Entry): void {
    const name = path.at(-1)
    if (name !== undefined) reach(path.slice(0, -1)).children.set(name, entry)
  }

  const environment: ChangingEnvironment = {
    lookup(path) {
      let entry: Entry | undefined = root
      let hidden = false
      for (const name of path) {
        entry = entry?.children.get(name)
        hidden ||= entry?.hidesFields === true
      }
      const written = entry?.type
      if (entry !== undefined && written !== undefined) return entry.era < era ? weaken(written) : written
      const field = hidden ? undefined : fields.get(keyOf(path))
      if (field === undefined) return UNKNOWN
      return era > 0 ? weaken(field) : field
    },
    assign(path, type) {
      replace(path, { ...createEntry(true), type })
    },
    forget(path) {
      replace(path, createEntry(true))
    },
    move(from, to) {
      const type = environment.lookup(from)
      const moved = reach(from)
      environment.forget(from)
      replace(to, { ...moved, type, hidesFields: true })
    },
    weakenAll() {
      era++
    },
  }
  return environment
}

/** A keypath as a path; undefined where a key is computed. An index at the end is not part of it. */
export function pathOf({ namespace, segments }: Keypath): KeyPath | undefined {
  const path: string[] = [namespace ?? '$d']
  for (const segment of segments) {
    if (segment.kind !== 'NameSegment') return undefined
    path.push(segment.name)
  }
  return path
}
