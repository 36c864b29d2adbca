import { MESSAGE_PRIORITIES, type MessagePriority } from '../../message'
import type { Binding, ExchangeDefinition, QueueDefinition, Topology } from '../../topology'
import type { ExchangeType, QueueOptions } from './amqp'
import type { PhysicalNames } from './physical-names'

/**
 * One thing that the broker is told to have, or not to have any more. What is so already is left as it is; something
 * that the broker has in another way is an error.
 */
export type Declaration =
  | { readonly kind: 'exchange'; readonly name: string; readonly type: ExchangeType }
  | { readonly kind: 'queue'; readonly name: string; readonly options: QueueOptions }
  | (PhysicalBinding & { readonly kind: 'binding' })
  | (PhysicalBinding & { readonly kind: 'unbinding' })

interface PhysicalBinding {
  readonly queue: string
  readonly exchange: string
  readonly pattern: string
}

/**
 * Deliveries of a dead letter before the broker drops it. Each look at it is one, and since 4.0 the broker has
 * a limit of its own, so there must be one that is never reached.
 */
const LOOKS_MAX = 1_000_000

/** Dead letters that are kept for a process which hears of them and is away. */
const TAPPED_MAX = 10_000
const TAPPED_BYTES_MAX = 64 * 1024 * 1024

export function declarationsOf(topology: Topology, names: PhysicalNames): readonly Declaration[] {
  return [
    deadLetterExchange(names),
    ...topology.retryDelaysMs.flatMap((delayMs) => declareRetry(delayMs, names)),
    ...topology.queues.flatMap((queue) => declareQueue(queue, names)),
    ...topology.exchanges.flatMap((exchange) => declareExchange(exchange, topology, names)),
  ]
}

/** All that a broker forgets with a queue. Its exchanges are among it, because nothing is bound to one that is gone. */
export function declareQueueAndBindings(
  queue: QueueDefinition,
  topology: Topology,
  names: PhysicalNames,
): readonly Declaration[] {
  const isOfQueue = (binding: Binding) => binding.queue === queue.name
  const bound = topology.exchanges.filter(({ name }) =>
    topology.bindings.some((binding) => isOfQueue(binding) && binding.exchange === name),
  )
  return [
    deadLetterExchange(names),
    ...declareQueue(queue, names),
    ...bound.flatMap((exchange) => declareExchange(exchange, topology, names, isOfQueue)),
  ]
}

export function deadLetterExchange(names: PhysicalNames): Declaration {
  return { kind: 'exchange', name: names.deadLetterExchange, type: 'direct' }
}

/**
 * A queue with a copy of each dead letter of `queues`, for one process that wants to hear of them. When nobody does,
 * what is oldest in it gives way: it must never hold up a dead letter, and the broker waits for all of its copies.
 */
export function declareDeadLetterTap(
  queues: readonly string[],
  names: PhysicalNames,
): readonly Declaration[] {
  const name = names.deadLetterTap
  return [
    deadLetterExchange(names),
    {
      kind: 'queue',
      name,
      options: {
        durable: true,
        arguments: {
          'x-queue-type': 'quorum',
          'x-max-length': TAPPED_MAX,
          'x-max-length-bytes': TAPPED_BYTES_MAX,
          'x-overflow': 'drop-head',
        },
      },
    },
    ...queues.map(
      (queue): Declaration => ({
        kind: 'binding',
        queue: name,
        exchange: names.deadLetterExchange,
        pattern: names.deadLetterQueue(queue),
      }),
    ),
  ]
}

/** The priorities that a queue has a physical queue for, the highest first. */
export function prioritiesOf({ priorities = false }: QueueDefinition): readonly MessagePriority[] {
  return priorities ? MESSAGE_PRIORITIES : ['normal']
}

/**
 * A work queue, three of them when it has priorities, and the queue of its dead letters.
 *
 * @throws Error for a quorum queue that is not to be durable: there is no such thing
 */
export function declareQueue(definition: QueueDefinition, names: PhysicalNames): readonly Declaration[] {
  const deadLetterQueue = names.deadLetterQueue(definition.name)
  return [
    {
      kind: 'queue',
      name: deadLetterQueue,
      options: {
        durable: true,
        arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': LOOKS_MAX },
      },
    },
    {
      kind: 'binding',
      queue: deadLetterQueue,
      exchange: names.deadLetterExchange,
      pattern: deadLetterQueue,
    },
    ...prioritiesOf(definition).map(
      (priority): Declaration => ({
        kind: 'queue',
        name: names.queue(definition.name, priority),
        options: workQueueOptions(definition, names),
      }),
    ),
  ]
}

function workQueueOptions(definition: QueueDefinition, names: PhysicalNames): QueueOptions {
  const { name, type = 'quorum', durable = true, lengthMax, ttlMs, deliveryLimit } = definition
  if (type === 'quorum' && !durable) {
    throw new Error(
      `queue "${name}" is not durable and a quorum queue, which always is; QUEUE_DURABLE=false needs QUEUE_TYPE=classic`,
    )
  }
  const isQuorum = type === 'quorum'
  return {
    durable,
    arguments: {
      'x-queue-type': type,
      ...(isQuorum && deliveryLimit !== undefined && { 'x-delivery-limit': deliveryLimit }),
      ...(lengthMax !== undefined && { 'x-max-length': lengthMax }),
      'x-overflow': 'reject-publish',
      ...(ttlMs !== undefined && { 'x-message-ttl': ttlMs }),
      'x-dead-letter-exchange': names.deadLetterExchange,
      'x-dead-letter-routing-key': names.deadLetterQueue(name),
      ...(isQuorum && { 'x-dead-letter-strategy': 'at-least-once' }),
    },
  }
}

/**
 * Where failed messages of all work queues wait for `delayMs`. The routing key that they come with is the name
 * of their own work queue. When their time is over the broker hands them, under that key, to the default
 * exchange, and so to that queue alone, however many others had a copy of the message.
 */
export function declareRetry(delayMs: number, names: PhysicalNames): readonly Declaration[] {
  const name = names.retry(delayMs)
  return [
    { kind: 'exchange', name, type: 'fanout' },
    {
      kind: 'queue',
      name,
      options: {
        durable: true,
        arguments: {
          'x-queue-type': 'quorum',
          'x-message-ttl': delayMs,
          'x-dead-letter-exchange': '',
          'x-dead-letter-strategy': 'at-least-once',
          'x-overflow': 'reject-publish',
        },
      },
    },
    { kind: 'binding', queue: name, exchange: name, pattern: '' },
  ]
}

/**
 * An exchange and the wanted ones of its bindings. When any of its queues has priorities there is one exchange for each, so
 * that every copy of a message lands in the queue of its priority.
 */
function declareExchange(
  { name, type }: ExchangeDefinition,
  topology: Topology,
  names: PhysicalNames,
  isWanted: (binding: Binding) => boolean = () => true,
): readonly Declaration[] {
  const bindings = topology.bindings.filter((binding) => binding.exchange === name && isWanted(binding))
  return exchangePriorities(name, topology).flatMap((priority): readonly Declaration[] => [
    { kind: 'exchange', name: names.exchange(name, priority), type },
    ...bindings.map(
      (binding): Declaration => ({
        kind: 'binding',
        queue: names.queue(binding.queue, hasPriorities(binding, topology) ? priority : 'normal'),
        exchange: names.exchange(name, priority),
        pattern: binding.pattern,
      }),
    ),
  ])
}

/** Takes bindings away that the topology has no more, whether their queues have or had priorities. */
export function declareUnbound(bindings: readonly Binding[], names: PhysicalNames): readonly Declaration[] {
  return bindings.flatMap(({ exchange, pattern, queue }) =>
    MESSAGE_PRIORITIES.flatMap((priority) =>
      [...new Set([priority, 'normal'] as const)].map(
        (ofQueue): Declaration => ({
          kind: 'unbinding',
          queue: names.queue(queue, ofQueue),
          exchange: names.exchange(exchange, priority),
          pattern,
        }),
      ),
    ),
  )
}

export function exchangePriorities(exchange: string, topology: Topology): readonly MessagePriority[] {
  const bound = topology.bindings.filter((binding) => binding.exchange === exchange)
  return bound.some((binding) => hasPriorities(binding, topology)) ? MESSAGE_PRIORITIES : ['normal']
}

function hasPriorities({ queue }: Binding, { queues }: Topology): boolean {
  return queues.find(({ name }) => name === queue)?.priorities === true
}
