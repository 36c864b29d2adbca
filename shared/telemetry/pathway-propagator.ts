import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api'
import { encodePathway, PATHWAY_HEADER, readPathway } from './pathway-codec'
import { pathwayOf, withPathway } from './pathway-context'

export interface PathwayPropagatorOptions {
  /** False where requests come from outside the mesh: pathways begin there, whatever a client sends. */
  readonly trustsCallers: boolean
}

/** Carries the pathway along with the trace: over HTTP by the instrumentation, in messages by the bus. */
export class PathwayPropagator implements TextMapPropagator {
  readonly #trustsCallers: boolean

  constructor({ trustsCallers }: PathwayPropagatorOptions) {
    this.#trustsCallers = trustsCallers
  }

  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    const pathway = pathwayOf(context)
    if (pathway !== undefined) setter.set(carrier, PATHWAY_HEADER, encodePathway(pathway))
  }

  /** A header that comes twice is none: nobody in the mesh sends that. */
  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    if (!this.#trustsCallers) return context
    const pathway = readPathway(getter.get(carrier, PATHWAY_HEADER), Date.now())
    return pathway === undefined ? context : withPathway(context, pathway)
  }

  fields(): string[] {
    return [PATHWAY_HEADER]
  }
}
