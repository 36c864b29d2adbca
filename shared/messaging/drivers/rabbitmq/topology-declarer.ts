import { AppError } from '#shared/errors'
import { isDeadLetterQueue, type MessagePriority, workQueueOf } from '../../message'
import type { Binding, QueueDefinition, Topology } from '../../topology'
import { type AmqpChannel, type AmqpConnection, hasReplyCode, REPLY } from './amqp'
import {
  type Declaration,
  declarationsOf,
  declareDeadLetterTap,
  declareQueueAndBindings,
  declareRetry,
  declareUnbound,
  prioritiesOf,
} from './declarations'
import type { PhysicalNames } from './physical-names'

/**
 * Most delays that get a retry queue beyond those of the topology; another one is rounded up to the next that
 * there is. Delays may be made up as they come, and each queue costs the broker something for ever.
 */
const FURTHER_DELAYS_MAX = 16

export interface DeclarerOptions {
  readonly topology: Topology
  readonly names: PhysicalNames
  /** How queues are that the topology does not name. */
  readonly queueDefaults: Omit<QueueDefinition, 'name'>
}

/**
 * Makes sure that the broker has what the driver sends to and reads from. All of it is declared anew for every
 * broker that is met: after a connection ended, it may be another one, or the same without its memory.
 *
 * Queues and delays that nobody defined are added when they are first used, and from then on belong to it.
 */
export class TopologyDeclarer {
  readonly #options: DeclarerOptions
  readonly #queues = new Map<string, QueueDefinition>()
  readonly #workQueues = new Map<string, { queue: QueueDefinition; priority: MessagePriority }>()
  readonly #delays: Set<number>
  /** What was asked for since the last connection ended, by key. */
  #declared = new Map<string, Promise<void>>()
  /** The keys of what the broker has said to have since then. */
  #present = new Set<string>()

  constructor(options: DeclarerOptions) {
    this.#options = options
    this.#delays = new Set(options.topology.retryDelaysMs)
    // Refuses here, before any connection, what could never be declared.
    declarationsOf(options.topology, options.names)
    for (const queue of options.topology.queues) this.#add(queue)
  }

  /** How `queue` is, by the topology or else by default. Asking defines it. */
  definitionOf(queue: string): QueueDefinition {
    return this.#queues.get(queue) ?? this.#add({ ...this.#options.queueDefaults, name: queue })
  }

  known(queue: string): QueueDefinition | undefined {
    return this.#queues.get(queue)
  }

  #add(queue: QueueDefinition): QueueDefinition {
    this.#queues.set(queue.name, queue)
    for (const priority of prioritiesOf(queue)) {
      this.#workQueues.set(this.#options.names.queue(queue.name, priority), { queue, priority })
    }
    return queue
  }

  /** The queue and the priority that a physical work queue stands for. */
  workQueueOf(physical: string): { queue: QueueDefinition; priority: MessagePriority } | undefined {
    return this.#workQueues.get(physical)
  }

  /** Every queue that is defined or has been used. */
  queues(): readonly string[] {
    return [...this.#queues.keys()].filter((name) => !isDeadLetterQueue(name))
  }

  /** The delay that there is a retry queue for: the one asked for or, when there are too many, the next above. */
  delayFor(delayMs: number): number {
    const wanted = Math.max(1, Math.round(delayMs))
    if (this.#delays.has(wanted)) return wanted
    if (this.#delays.size < this.#options.topology.retryDelaysMs.length + FURTHER_DELAYS_MAX) {
      this.#delays.add(wanted)
      return wanted
    }
    const sorted = [...this.#delays].sort((one, other) => one - other)
    return sorted.find((delay) => delay >= wanted) ?? sorted.at(-1) ?? wanted
  }

  delays(): readonly number[] {
    return [...this.#delays]
  }

  /** What the broker had may be gone. */
  forget(): void {
    this.#declared = new Map()
    this.#present = new Set()
  }

  /**
   * Declares everything, unless that was done since the last connection ended.
   *
   * @throws AppError `topology-mismatch` when the broker has something with other settings
   */
  async declareAll(connection: AmqpConnection): Promise<void> {
    const { topology, names } = this.#options
    const queues = [...this.#queues.values()]
    const retryDelaysMs = [...this.#delays]
    await this.#once('all', connection, declarationsOf({ ...topology, queues, retryDelaysMs }, names))
    for (const { name } of queues) this.#present.add(`queue ${name}`)
    for (const delay of retryDelaysMs) this.#present.add(`delay ${delay}`)
  }

  /** Whether the broker is known to have it, so that a send need not wait. */
  hasQueue(queue: string): boolean {
    return this.#present.has(`queue ${queue}`)
  }

  /**
   * With its bindings, which the broker forgot if it was deleted.
   *
   * @throws as `declareAll`
   */
  async declareQueue(queue: string, connection: AmqpConnection): Promise<void> {
    const { topology, names } = this.#options
    // A dead-letter queue is there when its work queue is.
    const definition = this.definitionOf(workQueueOf(queue))
    await this.#once(`queue ${queue}`, connection, declareQueueAndBindings(definition, topology, names))
  }

  /** @throws as `declareAll` */
  async declareDelay(delayMs: number, connection: AmqpConnection): Promise<void> {
    await this.#once(`delay ${delayMs}`, connection, declareRetry(delayMs, this.#options.names))
  }

  /**
   * The queue that has copies of the dead letters of all queues that are known. It is not part of `declareAll`: what
   * is wrong with it is no reason to do without the rest.
   *
   * @throws as `declareAll`
   */
  async declareTap(connection: AmqpConnection): Promise<void> {
    await declareOn(connection, declareDeadLetterTap(this.queues(), this.#options.names))
  }

  /** Takes bindings away that the topology has no more. Not part of `declareAll` for the same reason. */
  async unbind(bindings: readonly Binding[], connection: AmqpConnection): Promise<void> {
    await declareOn(connection, declareUnbound(bindings, this.#options.names))
  }

  /** To be declared again with its next use, unless that is under way: somebody deleted it. */
  forgetQueue(queue: string): void {
    this.#present.delete(`queue ${queue}`)
  }

  /** The same of a retry queue. */
  forgetDelay(delayMs: number): void {
    this.#present.delete(`delay ${delayMs}`)
  }

  /** Those who ask for the same at the same time wait for one declaration. */
  #once(key: string, connection: AmqpConnection, declarations: readonly Declaration[]): Promise<void> {
    if (this.#present.has(key)) return Promise.resolve()
    const declared = this.#declared
    const present = this.#present
    const running = declared.get(key)
    if (running !== undefined) return running
    const declaring = declareOn(connection, declarations)
      .then(() => void present.add(key))
      .finally(() => declared.delete(key))
    declared.set(key, declaring)
    return declaring
  }
}

async function declareOn(connection: AmqpConnection, declarations: readonly Declaration[]): Promise<void> {
  const channel = await connection.createChannel({ confirms: false })
  try {
    for (const declaration of declarations) await declare(channel, declaration)
  } finally {
    await channel.close()
  }
}

async function declare(channel: AmqpChannel, declaration: Declaration): Promise<void> {
  try {
    if (declaration.kind === 'queue') await channel.assertQueue(declaration.name, declaration.options)
    else if (declaration.kind === 'exchange') await channel.assertExchange(declaration.name, declaration.type)
    else {
      const { kind, queue, exchange, pattern } = declaration
      if (kind === 'binding') await channel.bindQueue(queue, exchange, pattern)
      else await channel.unbindQueue(queue, exchange, pattern)
    }
  } catch (error) {
    if (hasReplyCode(error, REPLY.PRECONDITION_FAILED) && 'name' in declaration) {
      throw new AppError('topology-mismatch', {
        detail: explainMismatch(declaration, error.message),
        cause: error,
      })
    }
    throw error
  }
}

const VARIABLES: Readonly<Record<string, string>> = {
  'x-max-length': 'QUEUE_LENGTH_MAX',
  'x-message-ttl': 'QUEUE_TTL_MS',
  'x-delivery-limit': 'QUEUE_DELIVERY_LIMIT',
  'x-queue-type': 'QUEUE_TYPE',
  // Only a quorum queue has one, and it is what differs first.
  'x-dead-letter-strategy': 'QUEUE_TYPE',
  durable: 'QUEUE_DURABLE',
}

function explainMismatch(
  { kind, name }: Declaration & { readonly name: string },
  brokersWords: string,
): string {
  const [, what, received, current] =
    /inequivalent arg '([^']+)'.*received (.*?) but current is (.*?)"?$/s.exec(brokersWords) ?? []
  const difference =
    what === undefined
      ? `in another way than asked for (${brokersWords})`
      : `with ${what} ${plain(current)}, but ${plain(received)} is asked for`
  const variable = VARIABLES[what ?? '']
  const back = variable === undefined ? '' : `set ${variable} back, `
  return `the broker has the ${kind} ${name} ${difference}. What exists cannot be changed: ${back}delete the ${kind} once it is empty, or take another RABBITMQ_NAME_PREFIX`
}

/** `the value '10' of type 'signedint'` is 10. */
function plain(words: string | undefined): string {
  return /^(?:the value )?'([^']*)'/.exec(words ?? '')?.[1] ?? words ?? 'none'
}
