import { type DomainEvent, isMeshEvent } from '#shared/contracts'

/** What is counted of an event beside itself. */
export interface EventMeasures {
  readonly intent: string | null
  readonly engine: string | null
  /** Whether the query it tells of is valid; null when it tells of none. */
  readonly isValid: boolean | null
  readonly durationMs: number | null
  readonly rating: number | null
  readonly tokens: number
}

const NOTHING: EventMeasures = {
  intent: null,
  engine: null,
  isValid: null,
  durationMs: null,
  rating: null,
  tokens: 0,
}

/** Of the mesh's own events what their data say; others are only counted. */
export function measureEvent(event: DomainEvent): EventMeasures {
  if (!isMeshEvent(event)) return NOTHING
  const { intent, engine } = event.data
  const measures = { ...NOTHING, intent, engine }
  switch (event.event_type) {
    case 'query.generated':
      return {
        ...measures,
        durationMs: event.data.duration_ms,
        tokens: event.data.usage?.total_tokens ?? 0,
      }
    case 'query.validated':
    case 'query.processed':
      return { ...measures, isValid: event.data.is_valid, durationMs: event.data.duration_ms }
    case 'feedback.submitted':
      return { ...measures, rating: event.data.rating }
  }
}
