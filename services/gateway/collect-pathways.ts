import { SERVICES } from '#shared/config'
import { type PathwayGraph, type PathwayReport, pathwayReportSchema } from '#shared/contracts'
import { toAppError } from '#shared/errors'
import { createPathwayGraph, processPathways } from '#shared/pathways'
import { DOWNSTREAM_KEYS, type Downstream, type DownstreamKey } from './downstream'

export type CollectPathways = () => Promise<PathwayGraph>

interface Reply {
  readonly report?: PathwayReport
  readonly unanswered?: PathwayGraph['unanswered'][number]
}

/** Asks every service what it has seen, all at once, each for at most `timeoutMs`, and joins it to one graph. */
export function createCollectPathways(downstream: Downstream, timeoutMs: number): CollectPathways {
  return async () => {
    const replies = await Promise.all(DOWNSTREAM_KEYS.map((key) => askFor(downstream, key, timeoutMs)))
    const own = { snapshots: [processPathways().snapshot()], queues: null }
    return createPathwayGraph({
      reports: [own, ...replies.flatMap(({ report }) => report ?? [])],
      unanswered: replies.flatMap(({ unanswered }) => unanswered ?? []),
      generatedAt: new Date(),
    })
  }
}

async function askFor(downstream: Downstream, key: DownstreamKey, timeoutMs: number): Promise<Reply> {
  try {
    return { report: await downstream[key].get('/pathways', { schema: pathwayReportSchema, timeoutMs }) }
  } catch (error) {
    const { code, detail } = toAppError(error)
    return { unanswered: { service: SERVICES[key].serviceName, detail: detail ?? code } }
  }
}
