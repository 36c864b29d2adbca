import type { Environment } from '#shared/config'
import { EXIT } from '../cli/command-error'
import type { Terminal } from '../cli/terminal'
import { systemClock } from '../supervisor/clock'
import { createInterruptHandler, listenForInterrupts } from '../supervisor/interrupts'
import { Supervisor } from '../supervisor/supervisor'
import { createAnnouncer } from './announcer'
import { type DescribedRun, toReadySummary, toRunRecord } from './describe-run'
import { planChildren } from './plan-children'
import type { ReadySummary } from './ready-summary'
import { type RunFolder, removeRunRecord, writeRunRecord } from './run-record'

export interface MeshRun extends DescribedRun {
  readonly root: string
  readonly environment: Environment
  readonly run: RunFolder
  /** Leaves out what the services print. */
  readonly quiet: boolean
  readonly terminal: Terminal
  /** Takes each line of output. */
  readonly write: (line: string) => void
  /** Called once, when all members are ready. */
  readonly onReady: (summary: ReadySummary) => void
}

/** On top of what a service takes to finish its work: time to flush spans and to end. */
const STOP_MARGIN_MS = 4_000
const WAITING_REPORT_MS = 10_000

/**
 * Runs the mesh until it is told to stop.
 *
 * @returns the exit code: 0 when it was stopped, 78 when a member cannot run, 130 when it was killed
 */
export async function runMesh(mesh: MeshRun): Promise<number> {
  const { announce, say, release, conclude } = createAnnouncer({ ...mesh, names: mesh.members })
  const startedAt = new Date().toISOString()
  const supervisor: Supervisor = new Supervisor(planMembers(mesh), {
    stopTimeoutMs: mesh.config.SHUTDOWN_TIMEOUT_MS + STOP_MARGIN_MS,
    report: (child, event) => {
      announce(child.name, event)
      if (event.kind === 'started') record()
    },
  })
  const record = () => tryToRecord(mesh, supervisor, startedAt, say)
  const interrupts = obeyInterrupts(supervisor, say, release)
  stopWhenNobodyReads(supervisor)
  supervisor.start()
  const over = new AbortController()
  void supervisor.ready.then(() => mesh.onReady(toReadySummary(mesh, performance.now())))
  void sayWhoIsAwaited(supervisor, say, release, over.signal)

  const end = await supervisor.ended

  over.abort()
  interrupts.stopListening()
  removeRunRecord(mesh.run, process.pid)
  conclude()
  if (end === 'misconfigured') return EXIT.CONFIG
  return interrupts.insisted() ? EXIT.KILLED : EXIT.OK
}

function planMembers({ root, config, environment, members, terminal, log }: MeshRun) {
  const readByPeople = terminal.isInteractive || log !== null
  return planChildren(members, { root, config, environment, readByPeople, color: terminal.color })
}

/** A mesh without its record still works; only the commands that look for it do not find it. */
function tryToRecord(
  mesh: MeshRun,
  { children }: Supervisor,
  startedAt: string,
  say: (text: string) => void,
): void {
  try {
    writeRunRecord(mesh.run, toRunRecord(mesh, children, startedAt))
  } catch (error) {
    say(`stop.sh will not find this mesh: ${(error as Error).message}`)
  }
}

function obeyInterrupts(supervisor: Supervisor, say: (text: string) => void, release: () => void) {
  let insisted = false
  const stopListening = listenForInterrupts(
    createInterruptHandler({
      now: systemClock.now,
      graceful: (signal) => {
        release()
        say(`${signal}: stopping; once more to end everything at once`)
        void supervisor.stop()
      },
      immediate: () => {
        insisted = true
        supervisor.kill()
      },
    }),
  )
  return { stopListening, insisted: () => insisted }
}

/** The output may be a pipe whose reader has gone (`start.sh | head`): then there is nobody to run for. */
function stopWhenNobodyReads(supervisor: Supervisor): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => void supervisor.stop())
  }
}

/** Says from time to time who is not ready, while the mesh starts. */
async function sayWhoIsAwaited(
  supervisor: Supervisor,
  say: (text: string) => void,
  release: () => void,
  signal: AbortSignal,
): Promise<void> {
  const isAwaited = ({ state }: { state: string }) => state === 'starting' || state === 'waiting'
  for (;;) {
    await systemClock.sleep(WAITING_REPORT_MS, signal)
    const awaited = supervisor.children.filter(isAwaited)
    if (signal.aborted || awaited.length === 0) return
    release()
    say(`still waiting for ${awaited.map(({ name }) => name).join(', ')}`)
  }
}
