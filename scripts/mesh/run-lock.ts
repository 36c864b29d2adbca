import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { processIdentity } from '../supervisor/process-identity'
import type { RunFolder } from './run-record'

const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** Tells this process from a later one with the same pid. */
  identity: z.string().nullable(),
})

/** The process that runs, or is about to run, the mesh of a checkout. */
export type LockHolder = Readonly<z.output<typeof holderSchema>>

/** More starts than this at the very moment a stale lock is found do not happen. */
const ATTEMPTS = 10

/**
 * Makes this process the one that may run the mesh of the checkout, until `releaseRunLock` or its end: the
 * lock of a process that has gone is broken. Whoever does not get it must leave the run folder as it is.
 *
 * @param predecessor pid of a process that leaves its lock to this one
 * @returns the living process that has the lock instead; undefined when it was taken, or when the folder
 *   cannot be written, where there is nothing to quarrel about
 */
export function takeRunLock(run: RunFolder, predecessor?: number): LockHolder | undefined {
  const own = `${run.lock}.${process.pid}`
  try {
    mkdirSync(run.folder, { recursive: true })
    writeFileSync(own, `${JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) })}\n`)
  } catch (error) {
    if (isReadOnly(error)) return undefined
    throw error
  }
  try {
    return takeWith(own, run, predecessor)
  } finally {
    rmSync(own, { force: true })
  }
}

/** A link to a file that is complete already: unlike a file that is opened, nobody ever reads half of it. */
function takeWith(own: string, run: RunFolder, predecessor: number | undefined): LockHolder | undefined {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (tryToLink(own, run.lock)) return undefined
    const inode = inodeOf(run.lock)
    const holder = findLockHolder(run)
    if (holder === undefined) {
      breakLock(run, inode)
    } else if (holder.pid === predecessor) {
      renameSync(own, run.lock)
      return undefined
    } else {
      return holder
    }
  }
  throw new Error(`${run.lock} changes hands all the time`)
}

/** The living process that has the lock. */
export function findLockHolder({ lock }: RunFolder): LockHolder | undefined {
  try {
    const holder = holderSchema.parse(JSON.parse(readFileSync(lock, 'utf8')))
    return holder.identity !== null && processIdentity(holder.pid) === holder.identity ? holder : undefined
  } catch {
    return undefined
  }
}

/** Gives the lock back if this process has it. */
export function releaseRunLock(run: RunFolder): void {
  if (findLockHolder(run)?.pid === process.pid) rmSync(run.lock, { force: true })
}

/**
 * Of several processes that found the same stale lock one moves it away. Should another one have taken the
 * lock since then, it is that one's lock which was moved, and it gets it back.
 */
function breakLock(run: RunFolder, inode: bigint | undefined): void {
  if (inode === undefined || inodeOf(run.lock) !== inode) return
  const aside = `${run.lock}.${process.pid}.stale`
  try {
    renameSync(run.lock, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (findLockHolder({ ...run, lock: aside }) !== undefined) tryToLink(aside, run.lock)
  rmSync(aside, { force: true })
}

function tryToLink(file: string, name: string): boolean {
  try {
    linkSync(file, name)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function inodeOf(file: string): bigint | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino
}

function isReadOnly(error: unknown): boolean {
  return ['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')
}
