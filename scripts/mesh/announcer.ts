import type { Terminal } from '../cli/terminal'
import type { ChildEvent } from '../supervisor/kept-child'
import { createPrefixer } from '../supervisor/prefix-line'
import { describeEvent } from './describe-event'

/** Prints what happens in the mesh, each line behind the name of who says it. */
export interface Announcer {
  announce(name: string, event: ChildEvent): void
  /** A line of the mesh itself. */
  say(text: string): void
  /** Prints what starting children have said so far, for somebody who waits for them. */
  release(): void
  /** The last words: why members could not run, once for all that say the same. */
  conclude(): void
}

/** The name before the supervisor's own lines. */
const MESH = 'mesh'

export interface AnnouncerOptions {
  readonly names: readonly string[]
  readonly terminal: Terminal
  /** Leaves out what the children print. */
  readonly quiet: boolean
  readonly write: (line: string) => void
}

/**
 * The lines of a child that starts are held back until it is ready or has ended. They may be the reason why the
 * mesh cannot run, which the stopping of the others would push out of sight: that is told at the end.
 */
export function createAnnouncer({ names, terminal, quiet, write }: AnnouncerOptions): Announcer {
  const prefix = createPrefixer([...names, MESH], terminal.color)
  const say = (text: string) => write(prefix(MESH, text))
  const held = new Map<string, string[]>()
  const reasons = new Map<string, string[]>()

  function hear(name: string, line: string): void {
    const lines = held.get(name)
    if (lines !== undefined) lines.push(line)
    else if (!quiet) write(prefix(name, line))
  }

  function release(name: string): void {
    const lines = held.get(name) ?? []
    held.delete(name)
    for (const line of lines) hear(name, line)
  }

  function keepReason(name: string, lines: readonly string[]): void {
    const text = lines.join('\n')
    reasons.set(text, [...(reasons.get(text) ?? []), name])
    held.set(name, held.get(name)?.slice(0, -lines.length || undefined) ?? [])
    release(name)
  }

  /** One that was told to stop in the middle of the same complaint says nothing new. */
  function releaseRest(): void {
    for (const [name, lines] of [...held]) {
      const alike = reasons.get(lines.join('\n'))
      if (alike === undefined) release(name)
      else alike.push(name)
    }
  }

  return {
    say,
    release: () => {
      for (const name of [...held.keys()]) release(name)
    },
    announce(name, event) {
      if (event.kind === 'line') return hear(name, event.line)
      if (event.kind === 'started') held.set(name, [])
      else if (event.kind === 'misconfigured') keepReason(name, event.lastLines)
      else release(name)
      const text = describeEvent(name, event)
      if (text !== undefined) say(terminal.style(event.kind === 'ready' ? 'green' : 'yellow', text))
    },
    conclude() {
      releaseRest()
      say('stopped')
      for (const [text, [name = MESH, ...others]] of reasons) {
        const alike =
          others.length === 0
            ? ''
            : `, which ${others.join(', ')} ${others.length === 1 ? 'says' : 'say'} too`
        say(terminal.style('red', `because of this${alike}:`))
        for (const line of text.split('\n')) write(prefix(name, line))
      }
    },
  }
}
