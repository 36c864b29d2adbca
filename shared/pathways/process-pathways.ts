import { baseConfigSchema, loadConfig } from '#shared/config'
import { PathwayRegistry } from './pathway-registry'

const configSchema = baseConfigSchema.pick({ PATHWAY_NODES_MAX: true })

let registry: PathwayRegistry | undefined

/** The checkpoints of this process. Made at the first use, so that a bad variable is told by the start. */
export function processPathways(): PathwayRegistry {
  registry ??= new PathwayRegistry({ nodesMax: loadConfig(configSchema).PATHWAY_NODES_MAX })
  return registry
}
