import type { Keypath, Namespace } from '../tree/ast'
import { keypath } from '../tree/build'
import { type InferredType, UNKNOWN, weaken } from './inferred-type'

/** A namespace and the names below it. */
export type KeyPath = readonly string[]

/** The types of keypaths at one point of a pipeline. */
export interface TypeEnvironment {
  /** The type of a keypath; unknown where a key is computed. */
  lookup(keypath: Keypath): InferredType
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

/** The types of fields, each below the namespace and the keys that lead to it. */
export interface FieldTypes {
  readonly type: InferredType | undefined
  readonly children: ReadonlyMap<string, FieldTypes>
}

interface ChangingFieldTypes extends FieldTypes {
  type: InferredType | undefined
  readonly children: Map<string, ChangingFieldTypes>
}

/** Of two types for one field the later stands. */
export function fieldTypes(fields: Iterable<readonly [KeyPath, InferredType]>): FieldTypes {
  const root: ChangingFieldTypes = { type: undefined, children: new Map() }
  for (const [path, type] of fields) {
    let at = root
    for (const name of path) {
      const child = at.children.get(name) ?? { type: undefined, children: new Map() }
      at.children.set(name, child)
      at = child
    }
    at.type = type
  }
  return root
}

interface Entry {
  type: InferredType | undefined
  /** Up to which weakening the type is one of those that were weakened. */
  era: number
  /** Whether the entry stands for all below it, so that the fields of the source no longer show. */
  hidesFields: boolean
  children: Map<string, Entry> | undefined
}

/**
 * What is written lies over the fields the rows are read with, which are shared by all pipelines and never
 * copied, so that a query of many stages and sub-queries costs no more than its text.
 */
export function createTypeEnvironment(fields: FieldTypes): ChangingEnvironment {
  let era = 0
  const root = createEntry(false)

  function createEntry(hidesFields: boolean, type?: InferredType): Entry {
    return { type, era, hidesFields, children: undefined }
  }

  function reach(path: KeyPath): Entry {
    let entry = root
    for (const name of path) {
      const child = entry.children?.get(name) ?? createEntry(false)
      put(entry, name, child)
      entry = child
    }
    return entry
  }

  function put(entry: Entry, name: string, child: Entry): void {
    entry.children ??= new Map()
    entry.children.set(name, child)
  }

  function replace(path: KeyPath, entry: Entry): void {
    const name = path.at(-1)
    if (name !== undefined) put(reach(path.slice(0, -1)), name, entry)
  }

  const environment: ChangingEnvironment = {
    lookup({ namespace, segments }) {
      const part = namespace ?? '$d'
      let entry = root.children?.get(part)
      let field = entry?.hidesFields ? undefined : fields.children.get(part)
      for (const segment of segments) {
        if (segment.kind !== 'NameSegment') return UNKNOWN
        entry = entry?.children?.get(segment.name)
        field = entry?.hidesFields ? undefined : field?.children.get(segment.name)
      }
      if (entry?.type !== undefined) return entry.era < era ? weaken(entry.type) : entry.type
      if (field?.type === undefined) return UNKNOWN
      return era > 0 ? weaken(field.type) : field.type
    },
    assign(path, type) {
      replace(path, createEntry(true, type))
    },
    forget(path) {
      replace(path, createEntry(true))
    },
    move(from, to) {
      const type = environment.lookup(keypathAlong(from))
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

function keypathAlong([namespace, ...names]: KeyPath): Keypath {
  return keypath(namespace as Namespace, ...names)
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
