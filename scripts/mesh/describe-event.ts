import type { ChildEvent } from '../supervisor/kept-child'
import type { ChildExit } from '../supervisor/start-child'

/** What the supervisor says about a child; undefined for what needs no word. */
export function describeEvent(name: string, event: ChildEvent): string | undefined {
  switch (event.kind) {
    case 'line':
    case 'started':
      return undefined
    case 'ready':
      return event.restarts === 0 ? undefined : `${name} is ready again after ${toSeconds(event.tookMs)}`
    case 'exited':
      return `${name} ${describeExit(event.exit)}; restart ${event.restart} in ${toSeconds(event.delayMs)}`
    case 'misconfigured':
      return `${name} cannot run with this configuration; stopping everything`
    case 'killed':
      return `${name} was killed`
  }
}

function describeExit({ code, signal, error }: ChildExit): string {
  if (error !== undefined) return `could not be started (${error.message})`
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`
}

/** Milliseconds as people say them: `0.4 s`, `2 s`. */
export function toSeconds(ms: number): string {
  return `${Number((ms / 1_000).toFixed(1))} s`
}
