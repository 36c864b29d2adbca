import { packageRoot } from '#shared/config'
import { defineCommand, runAsProgram } from './cli/command'
import { JSON_OPTION } from './cli/options'
import { type MemberStatus, readMeshStatus } from './mesh/mesh-status'
import { findLivingMesh, runFolder } from './mesh/run-record'

export const statusCommand = defineCommand({
  invocation: 'npm run status --',
  summary: 'Says what runs of the mesh that was started from this checkout, and how it is.',
  options: { json: JSON_OPTION },
  exitCodes: {
    0: 'all of it runs and is healthy',
    1: 'some of it does not, or nothing runs',
    2: 'the command line is wrong',
  },
  async run({ options, terminal }) {
    const mesh = findLivingMesh(runFolder(packageRoot()))
    const members = mesh === undefined ? [] : await readMeshStatus(mesh)
    if (options.json) {
      const { started_at = null, log = null } = mesh?.record ?? {}
      const pid = mesh?.supervisor?.pid ?? null
      terminal.print(JSON.stringify({ running: mesh !== undefined, pid, started_at, log, members }, null, 2))
    } else if (mesh === undefined) {
      terminal.print('No mesh of this checkout is running; ./scripts/start.sh starts one.')
    } else if (mesh.record === undefined) {
      terminal.print(`The mesh is about to start (pid ${mesh.supervisor?.pid}).`)
    } else {
      const since = mesh.supervisor === undefined ? 'without a supervisor' : `pid ${mesh.supervisor.pid}`
      terminal.print(`The mesh runs since ${mesh.record.started_at} (${since}).`)
      for (const member of members) terminal.print(toRow(member))
    }
    return mesh?.supervisor !== undefined && mesh.record !== undefined && members.every(isHealthy) ? 0 : 1
  },
})

function isHealthy({ status }: MemberStatus): boolean {
  return status === 'healthy'
}

function toRow({ name, status, url, pid, restarts }: MemberStatus): string {
  const process = pid === null ? 'no process' : `pid ${pid}`
  const history = restarts === 0 ? '' : `, restarts: ${restarts}`
  return `  ${name.padEnd(12)}${status.padEnd(12)}${url.padEnd(24)}${process}${history}`
}

if (require.main === module) void runAsProgram(statusCommand)
