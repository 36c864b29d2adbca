import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { processIdentity } from '../supervisor/process-identity'
import { findLockHolder } from './run-lock'

const processSchema = z.object({
  pid: z.number().int().positive(),
  /** Tells this process from a later one with the same pid. */
  identity: z.string().nullable(),
})

const runRecordSchema = processSchema.extend({
  started_at: z.string(),
  gateway_url: z.string().nullable(),
  inspector_url: z.string().nullable(),
  /** Where traces go, in words. */
  traces: z.array(z.string()),
  /** File that holds the output, when nobody watches it. */
  log: z.string().nullable(),
  members: z.array(
    processSchema
      .partial()
      .extend({ name: z.string(), port: z.number(), url: z.string(), restarts: z.number() }),
  ),
})

/** What a running mesh writes down about itself, for the commands that come after. */
export type RunRecord = Readonly<z.output<typeof runRecordSchema>>

/** A process that the record names and that is still the same one. */
export interface RecordedProcess {
  readonly name: string
  readonly pid: number
}

export interface RunFolder {
  readonly folder: string
  readonly record: string
  /** Names the one process that may write the other files; see `takeRunLock`. */
  readonly lock: string
  /** The supervisor's pid alone, for scripts; only there while it runs detached. */
  readonly pid: string
  readonly log: string
}

export function runFolder(root: string): RunFolder {
  const folder = path.join(root, '.run')
  const file = (name: string) => path.join(folder, name)
  return {
    folder,
    record: file('mesh.json'),
    lock: file('lock'),
    pid: file('mesh.pid'),
    log: file('mesh.log'),
  }
}

/** Writes the record, and the pid beside it when the mesh runs detached. Only who has the lock may. */
export function writeRunRecord({ folder, record, pid }: RunFolder, content: RunRecord): void {
  mkdirSync(folder, { recursive: true })
  replaceFile(record, `${JSON.stringify(content, null, 2)}\n`)
  if (content.log !== null) replaceFile(pid, `${content.pid}\n`)
}

/** In one step, so that nobody reads half of it. */
function replaceFile(file: string, text: string): void {
  const incoming = `${file}.${process.pid}`
  writeFileSync(incoming, text)
  renameSync(incoming, file)
}

/** The record as it was left; undefined when there is none or it is not readable as one. */
export function readRunRecord({ record }: RunFolder): RunRecord | undefined {
  try {
    return runRecordSchema.parse(JSON.parse(readFileSync(record, 'utf8')))
  } catch {
    return undefined
  }
}

/** Removes what the supervisor `pid` wrote, and leaves alone what another one did. */
export function removeRunRecord(run: RunFolder, pid: number): void {
  if (readRunRecord(run)?.pid === pid) rmSync(run.record, { force: true })
  if (readPid(run) === pid) rmSync(run.pid, { force: true })
}

function readPid({ pid }: RunFolder): number | undefined {
  try {
    return Number(readFileSync(pid, 'utf8'))
  } catch {
    return undefined
  }
}

/** What of a mesh is alive. */
export interface LivingMesh {
  /** Undefined while it is about to start. */
  readonly record: RunRecord | undefined
  readonly supervisor: RecordedProcess | undefined
  readonly members: readonly RecordedProcess[]
}

/**
 * The mesh that was started from this checkout, if any process of it still lives, from the moment its start has
 * the lock. A stale record and a stale lock are none.
 */
export function findLivingMesh(run: RunFolder): LivingMesh | undefined {
  return findRecordedMesh(run) ?? findStartingMesh(run)
}

function findStartingMesh(run: RunFolder): LivingMesh | undefined {
  const holder = findLockHolder(run)
  if (holder === undefined) return undefined
  return { record: undefined, supervisor: { name: 'supervisor', pid: holder.pid }, members: [] }
}

/** The mesh that has written its record, if any process of it still lives. */
export function findRecordedMesh(run: RunFolder): LivingMesh | undefined {
  const record = readRunRecord(run)
  if (record === undefined) return undefined
  const living = ({ name, pid, identity }: { name: string; pid?: number; identity?: string | null }) =>
    pid !== undefined && identity != null && processIdentity(pid) === identity ? [{ name, pid }] : []
  const [supervisor] = living({ name: 'supervisor', pid: record.pid, identity: record.identity })
  const members = record.members.flatMap(living)
  return supervisor === undefined && members.length === 0 ? undefined : { record, supervisor, members }
}
