import { z } from 'zod'

/** Answer of the gateway's `GET /api/health`, as far as the demo shows it. */
export const meshHealthSchema = z.looseObject({
  status: z.string(),
  downstream_services: z.record(z.string(), z.looseObject({ status: z.string(), latency_ms: z.number() })),
})

export type MeshHealth = z.output<typeof meshHealthSchema>
