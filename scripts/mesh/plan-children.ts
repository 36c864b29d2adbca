import path from 'node:path'
import type { Environment } from '#shared/config'
import type { ChildSpec } from '../supervisor/child-spec'
import { isHttpReady } from '../supervisor/http-readiness'
import type { Member } from './members'
import { localUrl, type MeshConfig, portOf } from './mesh-config'
import { answers } from './port-state'

export interface PlanOptions {
  readonly root: string
  readonly config: MeshConfig
  readonly environment: Environment
  /** True when people read the output, rather than programs. */
  readonly readByPeople: boolean
  readonly color: boolean
}

/** A request in flight still needs what lies behind the gateway, a message the rest, and the last spans a receiver. */
const STOP_PHASES: Readonly<Record<Member, number>> = {
  gateway: 0,
  query: 1,
  validation: 1,
  queue: 1,
  processing: 2,
  storage: 3,
  inspector: 4,
}

/** The commands that make up the mesh, in the order of `members`. */
export function planChildren(members: readonly Member[], options: PlanOptions): ChildSpec[] {
  const { root, config } = options
  const environment = childEnvironment(options)
  return members.map((member) => ({
    name: member,
    command: process.execPath,
    args: commandOf(member, root),
    cwd: root,
    environment,
    stopPhase: STOP_PHASES[member],
    isReady:
      member === 'inspector'
        ? () => answers(config.HOST, portOf(config, member))
        : (signal) => isHttpReady(`${localUrl(config, member)}/health/ready`, signal),
  }))
}

function commandOf(member: Member, root: string): string[] {
  const compiled = (...parts: string[]) => path.join(root, 'dist', ...parts)
  const followParent = ['--require', compiled('scripts', 'supervisor', 'follow-parent.js')]
  if (member === 'inspector') return [...followParent, compiled('inspector', 'main.js')]
  const telemetry = ['--require', compiled('shared', 'telemetry', 'register.js')]
  return [...followParent, ...telemetry, compiled('services', member, 'main.js')]
}

/**
 * The environment as it is, with what a child cannot find out by itself behind a pipe: that people read its
 * lines, and in colour. The compile cache makes every start but the first one faster.
 */
function childEnvironment({ root, config, environment, readByPeople, color }: PlanOptions): Environment {
  const compileCache = path.join(root, 'node_modules', '.cache', 'node-compile-cache')
  return {
    ...environment,
    NODE_COMPILE_CACHE: config.NODE_COMPILE_CACHE ?? compileCache,
    ...(config.LOG_FORMAT === undefined && readByPeople && { LOG_FORMAT: 'pretty' }),
    ...(color && { FORCE_COLOR: '1' }),
  }
}
