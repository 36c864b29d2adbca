import { defineCommand, runAsProgram } from './cli/command'
import { JSON_OPTION, toWholeNumber } from './cli/options'
import { createInspectorClient } from './client/inspector-client'
import { findMesh, URL_OPTION } from './client/mesh-address'
import { createMeshClient } from './client/mesh-client'
import { tellStory } from './demo/story'

export const demoCommand = defineCommand({
  invocation: 'npm run demo --',
  summary:
    'Walks through a running mesh: question, background result, trace, feedback, counters, refusal, follow-up, an answer for later.',
  options: {
    url: URL_OPTION,
    'wait-ms': {
      type: 'string',
      value: 'N',
      describe: 'Longest wait for the background work, and again for the trace.',
      default: '10000',
    },
    json: { ...JSON_OPTION, describe: 'Print only what the steps brought, as JSON.' },
  },
  exitCodes: {
    0: 'the story was told',
    1: 'the mesh does not run, or answered a step with an error',
    2: 'the command line is wrong',
  },
  async run({ options, environment, terminal }) {
    const waitMs = toWholeNumber('wait-ms', options['wait-ms'])
    const { gatewayUrl, inspectorUrl, traces } = findMesh(environment, options.url)
    const result = await tellStory({
      mesh: createMeshClient(gatewayUrl),
      inspector: inspectorUrl === null ? null : createInspectorClient(inspectorUrl),
      traces,
      waitMs,
      terminal: options.json ? { ...terminal, print: () => undefined } : terminal,
    })
    if (options.json) terminal.print(JSON.stringify(result, null, 2))
    return 0
  },
})

if (require.main === module) void runAsProgram(demoCommand)
