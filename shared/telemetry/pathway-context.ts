import { type Context, createContextKey } from '@opentelemetry/api'
import type { Pathway } from './pathway-codec'

const PATHWAY = createContextKey('dataprime-mesh pathway')

/** The pathway that work in this context is part of. */
export function pathwayOf(context: Context): Pathway | undefined {
  return context.getValue(PATHWAY) as Pathway | undefined
}

export function withPathway(context: Context, pathway: Pathway | undefined): Context {
  return pathway === undefined ? context.deleteValue(PATHWAY) : context.setValue(PATHWAY, pathway)
}
