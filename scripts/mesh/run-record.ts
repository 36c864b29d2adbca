import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { processIdentity } from '../supervisor/process-identity'

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
  /** The supervisor's pid alone, for scripts; only there while it runs detached. */
  readonly pid: string
  readonly log: string
}

export function runFolder(root: string): RunFolder {
  const folder = path.join(root, '.run')
  const file = (name: string) => path.join(folder, name)
  return { folder, record: file('mesh.json'), pid: file('mesh.pid'), log: file('mesh.log') }
}

/** Replaces the record in one step, so that nobody reads half of it. */
export function writeRunRecord({ folder, record }: RunFolder, content: RunRecord): void {
  mkdirSync(folder, { recursive: true })
  const incoming = `${record}.${content.pid}`
  writeFileSync(incoming, `${JSON.stringify(content, null, 2)}\n`)
  renameSync(incoming, record)
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
  const current = readRunRecord(run)
  if (current !== undefined && current.pid !== pid) return
  rmSync(run.record, { force: true })
  rmSync(run.pid, { force: true })
}

/** What of a recorded mesh is still alive. */
export interface LivingMesh {
  readonly record: RunRecord
  readonly supervisor: RecordedProcess | undefined
  readonly members: readonly RecordedProcess[]
}

/** The mesh that was started from this checkout, if any process of it still lives. A stale record is none. */
export function findLivingMesh(run: RunFolder): LivingMesh | undefined {
  const record = readRunRecord(run)
  if (record === undefined) return undefined
  const living = ({ name, pid, identity }: { name: string; pid?: number; identity?: string | null }) =>
    pid !== undefined && identity != null && processIdentity(pid) === identity ? [{ name, pid }] : []
  const [supervisor] = living({ name: 'supervisor', pid: record.pid, identity: record.identity })
  const members = record.members.flatMap(living)
  return supervisor === undefined && members.length === 0 ? undefined : { record, supervisor, members }
}
