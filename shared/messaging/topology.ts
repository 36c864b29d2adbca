/**
 * What a driver keeps messages in: queues, exchanges that copy one message to several of them, and the delays
 * after which a failed message comes again. Every driver has the same, an embedded one in its store, RabbitMQ by
 * declaring it on the broker. Names follow AMQP 0-9-1.
 */
export interface Topology {
  readonly queues: readonly QueueDefinition[]
  readonly exchanges: readonly ExchangeDefinition[]
  readonly bindings: readonly Binding[]
  /** Every delay that a nack may ask for. A broker without timers of its own has a queue for each. */
  readonly retryDelaysMs: readonly number[]
}

export interface QueueDefinition {
  readonly name: string
  /** Messages that may wait; more are refused with `queue-full`. */
  readonly lengthMax?: number
  /**
   * How long a message may wait to be delivered before it is a dead letter with the reason `expired`. A retry
   * begins the time anew. Without one messages wait for ever.
   */
  readonly ttlMs?: number
  /** Whether messages of three priorities may be sent to it; otherwise all are `normal`. */
  readonly priorities?: boolean
  /**
   * Deliveries that may end without any answer, by crashes of those who hold them, before the broker gives the
   * message up by itself. The bus counts attempts and is to be first; this is the net below it.
   */
  readonly deliveryLimit?: number
  /** How RabbitMQ keeps it: replicated, or in one place. */
  readonly type?: 'quorum' | 'classic'
  /** Whether RabbitMQ keeps it through a restart: true unless told otherwise. Only a classic one may not be. */
  readonly durable?: boolean
}

export interface ExchangeDefinition {
  readonly name: string
  /** `direct`: the routing key is equal to the binding's pattern. `topic`: the pattern may have wildcards. */
  readonly type: 'direct' | 'topic'
}

/** Messages of `exchange` whose routing key fits `pattern` are copied to `queue`. */
export interface Binding {
  readonly exchange: string
  readonly pattern: string
  readonly queue: string
}

/** What a binding to a topic exchange may look like. */
export const TOPIC_PATTERN = /^(?:[\w-]+|[*#])(?:\.(?:[\w-]+|[*#]))*$/

export const NO_TOPOLOGY: Topology = { queues: [], exchanges: [], bindings: [], retryDelaysMs: [] }

/** The queues that get a message of `exchange` with `routingKey`, each once, in the order of the bindings. */
export function routesOf(topology: Topology, exchange: string, routingKey: string): readonly string[] {
  const type = topology.exchanges.find(({ name }) => name === exchange)?.type
  if (type === undefined) return []
  const fits = type === 'topic' ? matchesTopic : (pattern: string, key: string) => pattern === key
  const routes = topology.bindings
    .filter((binding) => binding.exchange === exchange && fits(binding.pattern, routingKey))
    .map(({ queue }) => queue)
  return [...new Set(routes)]
}

/**
 * Whether a routing key fits the pattern of a topic exchange, by the rules of AMQP 0-9-1 §3.1.3.3: words are
 * separated by dots, `*` is exactly one word, `#` any number of words, none included.
 */
export function matchesTopic(pattern: string, routingKey: string): boolean {
  return matchesWords(pattern.split('.'), routingKey === '' ? [] : routingKey.split('.'))
}

function matchesWords(pattern: readonly string[], words: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return words.length === 0
  if (first === '#') {
    return words.some((_, index) => matchesWords(rest, words.slice(index))) || matchesWords(rest, [])
  }
  const [word, ...others] = words
  return word !== undefined && (first === '*' || first === word) && matchesWords(rest, others)
}
