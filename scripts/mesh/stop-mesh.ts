import { type Clock, systemClock } from '../supervisor/clock'
import { findLivingMesh, type LivingMesh, type RunFolder, removeRunRecord } from './run-record'

export interface StopResult {
  /** False when there was nothing to stop. */
  readonly was_running: boolean
  readonly stopped: boolean
  /** True when it did not stop by itself in time and was killed. */
  readonly forced: boolean
  /** The supervisor's. */
  readonly pid: number | null
}

const POLL_MS = 50
/** After SIGKILL a process has nothing left to wait for but the system. */
const KILL_TIMEOUT_MS = 5_000

/**
 * Stops the mesh that was started from this checkout, or is about to, by the pids it wrote down and only while
 * those are still the same processes. Its supervisor stops the rest; members without a supervisor are told themselves.
 */
export async function stopMesh(
  run: RunFolder,
  { timeoutMs, clock = systemClock }: { timeoutMs: number; clock?: Clock },
): Promise<StopResult> {
  const mesh = findLivingMesh(run)
  const pid = mesh?.supervisor?.pid ?? null
  if (mesh === undefined) return { was_running: false, stopped: true, forced: false, pid }

  for (const one of mesh.supervisor === undefined ? mesh.members : [mesh.supervisor])
    signal(one.pid, 'SIGTERM')
  const stoppedItself = await isGoneWithin(run, timeoutMs, clock)
  if (!stoppedItself) killAll(findLivingMesh(run))
  const stopped = stoppedItself || (await isGoneWithin(run, KILL_TIMEOUT_MS, clock))
  const owner = mesh.record?.pid ?? pid
  if (stopped && owner !== null) removeRunRecord(run, owner)
  return { was_running: true, stopped, forced: !stoppedItself, pid }
}

async function isGoneWithin(run: RunFolder, timeoutMs: number, clock: Clock): Promise<boolean> {
  const deadline = clock.now() + timeoutMs
  while (findLivingMesh(run) !== undefined) {
    if (clock.now() >= deadline) return false
    await clock.sleep(POLL_MS)
  }
  return true
}

function killAll(mesh: LivingMesh | undefined): void {
  if (mesh === undefined) return
  // The supervisor first, or it would start the others again.
  if (mesh.supervisor !== undefined) signal(mesh.supervisor.pid, 'SIGKILL')
  for (const { pid } of mesh.members) signal(pid, 'SIGKILL')
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
