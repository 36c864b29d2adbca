import { z } from 'zod'
import { flag } from '#shared/config'
import { EVENT_SERVICE_LENGTH_MAX, EVENT_TYPE_LENGTH_MAX } from '#shared/contracts'
import { matchesTopic, TOPIC_PATTERN } from './topology'

/** What routing looks at. */
export interface RoutedEvent {
  readonly event_type: string
  readonly service: string
}

/** Whether events are told at all, to be the same in every process that has some to tell. */
export const eventsConfigSchema = z.object({
  EVENTS: flag(true).describe(
    'Whether domain events are published. `off` publishes none: what the mesh has to tell travels with the job and storage writes it directly.',
  ),
})

/** Where events go, for the processes that send or write them. */
export const eventRoutingConfigSchema = eventsConfigSchema.extend({
  EVENT_ROUTING_KEY: z
    .string()
    .default('{event_type}')
    .superRefine(checkTemplate)
    .describe(
      'Routing key of a domain event; `{event_type}` and `{service}` stand for its own, e.g. `app.{service}.{event_type}`.',
    ),
  EVENT_FILTER: z
    .string()
    .default('#')
    .transform(parseFilter)
    .describe(
      'Types of domain events that are published: patterns as in EVENT_BINDINGS, `!` before one excludes, e.g. `query.*,!query.validated`.',
    ),
})

export type EventRoutingConfig = Readonly<z.output<typeof eventRoutingConfigSchema>>

/** An event passes when its type fits one pattern of `include`, or there is none, and no pattern of `exclude`. */
export interface EventFilter {
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}

/** AMQP 0-9-1 has no longer ones. */
const ROUTING_KEY_LENGTH_MAX = 255

const PLACEHOLDER = /\{([^{}]*)\}/g

/** Length and kind of what each placeholder stands for: several words of a routing key, or one. */
const PLACEHOLDERS = {
  event_type: { lengthMax: EVENT_TYPE_LENGTH_MAX, isOneWord: false },
  service: { lengthMax: EVENT_SERVICE_LENGTH_MAX, isOneWord: true },
} as const

type Placeholder = keyof typeof PLACEHOLDERS

/** The routing key of an event; undefined when the filter holds it back. */
export type RouteEvent = (event: RoutedEvent) => string | undefined

export function createRouteEvent(
  config: Pick<EventRoutingConfig, 'EVENT_ROUTING_KEY' | 'EVENT_FILTER'>,
): RouteEvent {
  return (event) =>
    passes(config.EVENT_FILTER, event.event_type) ? toRoutingKey(config.EVENT_ROUTING_KEY, event) : undefined
}

function passes({ include, exclude }: EventFilter, eventType: string): boolean {
  const fits = (pattern: string) => matchesTopic(pattern, eventType)
  return (include.length === 0 || include.some(fits)) && !exclude.some(fits)
}

/** A dot in the name of a service would make two words of it, and move all that follow. */
function toRoutingKey(template: string, event: RoutedEvent): string {
  return template.replace(PLACEHOLDER, (_, name: Placeholder) =>
    event[name].replace(PLACEHOLDERS[name].isOneWord ? /[^\w-]/g : /[^\w.-]/g, '_'),
  )
}

function checkTemplate(template: string, context: z.RefinementCtx): void {
  const message = faultOf(template)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
}

function faultOf(template: string): string | undefined {
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name)
  const unknown = names.find((name) => !Object.hasOwn(PLACEHOLDERS, name))
  if (unknown !== undefined) {
    const known = Object.keys(PLACEHOLDERS).map((name) => `{${name}}`)
    return `knows no {${unknown}}, only ${known.join(' and ')}`
  }
  if (!/^[\w-]+(?:\.[\w-]+)*$/.test(template.replace(PLACEHOLDER, 'x'))) {
    return 'expected words of letters, digits, _ or - separated by dots, with placeholders in braces'
  }
  const { length } = template.replace(PLACEHOLDER, (_, name: Placeholder) =>
    'x'.repeat(PLACEHOLDERS[name].lengthMax),
  )
  return length > ROUTING_KEY_LENGTH_MAX
    ? `may come to ${length} characters, ${ROUTING_KEY_LENGTH_MAX} are allowed`
    : undefined
}

function parseFilter(text: string, context: z.RefinementCtx): EventFilter {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const patternOf = (part: string) => part.replace(/^!/, '')
  for (const part of parts) {
    if (TOPIC_PATTERN.test(patternOf(part))) continue
    context.addIssue({ code: 'custom', message: `expected patterns separated by commas, found "${part}"` })
  }
  return {
    include: parts.filter((part) => !part.startsWith('!')),
    exclude: parts.filter((part) => part.startsWith('!')).map(patternOf),
  }
}
