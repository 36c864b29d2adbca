import { spawnSync } from 'node:child_process'
import { currentEnvironment, packageRoot } from '#shared/config'

export interface ToolResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program from the repository's root with no variables but those that find programs and home, so that
 * what a developer's shell has set for a mesh does not decide the result. Undefined when it is not installed.
 */
export function runTool(program: string, parameters: readonly string[]): ToolResult | undefined {
  const { PATH, HOME } = currentEnvironment()
  const result = spawnSync(program, parameters, {
    cwd: packageRoot(),
    env: { PATH, HOME },
    encoding: 'utf8',
    timeout: 60_000,
  })
  if (result.error !== undefined && 'code' in result.error && result.error.code === 'ENOENT') return undefined
  if (result.error !== undefined) throw result.error
  return { code: result.status, stdout: result.stdout, stderr: result.stderr }
}
