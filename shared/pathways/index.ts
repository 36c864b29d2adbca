export { continuePathway, type HandOverOptions, handOver } from './hand-over'
export { createPathwayGraph, describeCheckpoint, type GraphInput } from './pathway-graph'
export { DIRECTIONS, type Direction, type Place, pathwayHash } from './pathway-hash'
export { type Checkpoint, PathwayRegistry, type PathwayRegistryOptions } from './pathway-registry'
export { processPathways } from './process-pathways'
export { RateWindow } from './rate-window'
export {
  type PathwayReporting,
  type ReportClient,
  type ReportOptions,
  reportPathways,
} from './report-pathways'
export { ReportedPathways, type ReportedPathwaysOptions } from './reported-pathways'
