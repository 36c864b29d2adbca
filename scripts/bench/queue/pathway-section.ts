import { PathwayRegistry } from '#shared/pathways'
import { encodePathway, PATHWAY_HEADER, readPathway } from '#shared/telemetry'
import { ratePerSecond } from '../rate'
import type { Measurement } from '../report'
import { BODY_BYTES, QUEUE } from './bench-message'

const MICROSECONDS = 1_000_000

/** What a message's way through one queue costs: two checkpoints, and a header written and read. */
export function measurePathwayHeader({ durationMs }: { readonly durationMs: number }): Measurement[] {
  const pathways = new PathwayRegistry({ nodesMax: 1_000 })
  let header = ''
  const rate = ratePerSecond(durationMs / 4, () => {
    const sent = pathways.checkpoint(
      { service: 'bench', direction: 'out', queue: QUEUE },
      undefined,
      Date.now(),
    )
    sent.record(BODY_BYTES.byteLength)
    header = encodePathway(sent.pathway)
    const from = readPathway(header, Date.now())
    pathways
      .checkpoint({ service: 'bench', direction: 'in', queue: QUEUE }, from, Date.now())
      .record(BODY_BYTES.byteLength)
  })
  return [
    {
      what: 'pathway of one message: two checkpoints, header written and read',
      measured: `${(MICROSECONDS / rate).toFixed(2)} µs and ${PATHWAY_HEADER.length + header.length} bytes`,
      figure: '',
      ceiling: '',
    },
  ]
}
