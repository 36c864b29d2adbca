import { defineCommand, runAsProgram } from './cli/command'
import { JSON_OPTION, toWholeNumber } from './cli/options'
import type { Terminal } from './cli/terminal'
import { createInspectorClient } from './client/inspector-client'
import { findMesh, URL_OPTION } from './client/mesh-address'
import { createMeshClient } from './client/mesh-client'
import { type CheckResult, runChecks } from './smoke/check'
import { CHECKS } from './smoke/checks'
import { createSession } from './smoke/session'

export const smokeCommand = defineCommand({
  invocation: 'npm run smoke --',
  summary: 'Checks a running mesh from outside, and prints a line for each check.',
  options: {
    url: URL_OPTION,
    'timeout-ms': {
      type: 'string',
      value: 'N',
      describe: 'How long background work and traces may take.',
      default: '15000',
    },
    json: JSON_OPTION,
  },
  exitCodes: {
    0: 'every check passed or was skipped',
    1: 'a check failed, or the mesh does not run',
    2: 'the command line is wrong',
  },
  async run({ options, environment, terminal }) {
    const timeoutMs = toWholeNumber('timeout-ms', options['timeout-ms'])
    const address = findMesh(environment, options.url)
    const mesh = createMeshClient(address.gatewayUrl)
    const inspector = address.inspectorUrl === null ? null : createInspectorClient(address.inspectorUrl)
    // Without a gateway one line says more than a page of failures.
    await mesh.call('/health/live')

    const session = createSession({ mesh, inspector, address, timeoutMs })
    const results = await runChecks(CHECKS, session, (result) => {
      if (!options.json) printResult(result, terminal)
    })
    const count = (kind: CheckResult['result']) => results.filter(({ result }) => result === kind).length
    const summary = { passed: count('pass'), failed: count('fail'), skipped: count('skip') }
    if (options.json) {
      terminal.print(
        JSON.stringify({ gateway_url: address.gatewayUrl, ...summary, checks: results }, null, 2),
      )
    } else {
      terminal.print(`\n${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped`)
    }
    return summary.failed === 0 ? 0 : 1
  },
})

const COLORS = { pass: 'green', fail: 'red', skip: 'yellow' } as const

function printResult({ title, result, detail, took_ms }: CheckResult, terminal: Terminal): void {
  const mark = terminal.style(COLORS[result], result)
  const [reason, ...more] = detail?.split('\n') ?? []
  terminal.print(`${mark}  ${title} (${took_ms} ms)${reason === undefined ? '' : `: ${reason}`}`)
  for (const line of more) terminal.print(`      ${line}`)
}

if (require.main === module) void runAsProgram(smokeCommand)
