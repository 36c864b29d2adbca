import type { DomainEvent } from '#shared/contracts'

/** An event of another producer, of which anything may be different. */
export function aDomainEvent(event: Partial<DomainEvent> = {}): DomainEvent {
  return {
    event_id: 'e-1',
    event_type: 'app.user.signed-in',
    service: 'crm',
    occurred_at: '2025-03-12T10:20:00.000Z',
    data: { user: 7 },
    ...event,
  }
}
