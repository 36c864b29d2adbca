import type { Terminal } from '../cli/terminal'
import type { ChildEvent } from '../supervisor/kept-child'
import { createPrefixer } from '../supervisor/prefix-line'
import { describeEvent } from './describe-event'

/** Prints what happens in the mesh, each line behind the name of who says it. */
export interface Announcer {
  announce(name: string, event: ChildEvent): void
  /** A line of the mesh itself. */
  say(text: string): void
  /** The last words: why a member could not run, which the stopping of the others has pushed out of sight. */
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

export function createAnnouncer({ names, terminal, quiet, write }: AnnouncerOptions): Announcer {
  const prefix = createPrefixer([...names, MESH], terminal.color)
  const say = (text: string) => write(prefix(MESH, text))
  const reasons: string[] = []
  return {
    say,
    announce(name, event) {
      if (event.kind === 'line') {
        if (!quiet) write(prefix(name, event.line))
        return
      }
      const text = describeEvent(name, event)
      if (text !== undefined) say(terminal.style(event.kind === 'ready' ? 'green' : 'yellow', text))
      if (event.kind === 'misconfigured') reasons.push(...event.lastLines.map((line) => prefix(name, line)))
    },
    conclude() {
      say('stopped')
      if (reasons.length > 0) say(terminal.style('red', 'because of this:'))
      for (const reason of reasons) write(reason)
    },
  }
}
