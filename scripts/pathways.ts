import { defineCommand, runAsProgram } from './cli/command'
import { JSON_OPTION } from './cli/options'
import { findMesh, URL_OPTION } from './client/mesh-address'
import { createMeshClient } from './client/mesh-client'
import { printPathways } from './pathways/print-pathways'

export const pathwaysCommand = defineCommand({
  invocation: 'npm run pathways --',
  summary: `Shows the ways that messages take through the running mesh, as a tree: how many passed each checkpoint, how long
they took from the one before, how long from end to end, and what waits in the queues.`,
  options: { url: URL_OPTION, json: JSON_OPTION },
  exitCodes: {
    0: 'all services answered',
    1: 'the mesh does not run, or a service did not answer: what it saw is missing',
    2: 'the command line is wrong',
  },
  async run({ options, environment, terminal }) {
    const { gatewayUrl } = findMesh(environment, options.url)
    const graph = await createMeshClient(gatewayUrl).pathways()
    if (options.json) terminal.print(JSON.stringify(graph, null, 2))
    else printPathways(terminal, graph)
    return graph.unanswered.length === 0 ? 0 : 1
  },
})

if (require.main === module) void runAsProgram(pathwaysCommand)
