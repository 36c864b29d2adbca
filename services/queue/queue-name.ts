import { z } from 'zod'
import { isDeadLetterQueue, QUEUE_NAME } from '#shared/messaging'

/** What is said of the name of a dead-letter queue where its work queue is meant. */
export const DEAD_LETTERS_FOUND = 'expected a queue, found the queue of its dead letters'

/** Names that a queue or an exchange may have. */
export const nameSchema = z
  .string()
  .regex(QUEUE_NAME, 'expected the name of a queue: letters, digits or any of . _ -')

/** Names that messages are sent to. */
export const workQueueSchema = nameSchema.refine((name) => !isDeadLetterQueue(name), DEAD_LETTERS_FOUND)
