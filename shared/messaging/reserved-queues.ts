import { CHAT_REQUESTS_QUEUE, CHAT_RESPONSES_QUEUE, PROCESSING_QUEUE } from '#shared/contracts'
import { isDeadLetterQueue, MESSAGE_PRIORITIES } from './message'

/** Queues of the mesh that have another purpose than domain events. */
const OWN_QUEUES: readonly string[] = [PROCESSING_QUEUE, CHAT_REQUESTS_QUEUE, CHAT_RESPONSES_QUEUE]

/** Why a queue cannot have this name because something else has it or may have; undefined when it can. */
export function reservationOf(queue: string): string | undefined {
  if (isDeadLetterQueue(queue)) return 'names that end with .dlq are those of dead letters'
  if (queue.startsWith('retry.'))
    return 'names that begin with retry. are those of messages that wait for a retry'
  if (queue.startsWith('amq.')) return 'names that begin with amq. are the broker’s own'
  const own = OWN_QUEUES.find(
    (name) => queue === name || MESSAGE_PRIORITIES.some((priority) => queue === `${name}.${priority}`),
  )
  return own === undefined ? undefined : `${own} is a queue of the mesh with another purpose`
}
