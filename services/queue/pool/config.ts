import { z } from 'zod'
import { milliseconds, wholeNumber } from '#shared/config'

/** Variables of whoever works off the queues: the queue service and workers in other processes. */
export const poolConfigSchema = z.object({
  PROCESSING_TIMEOUT_MS: milliseconds(15_000).describe(
    'How long the worker waits for the processing service.',
  ),
  CHAT_CONCURRENCY: wholeNumber(8, { min: 0 }).describe(
    'Chat requests that one process has answered at the same time, which is what a model gets of them; 0 leaves them to other processes.',
  ),
  ANSWER_TIMEOUT_MS: milliseconds(75_000).describe(
    'How long the worker waits for the gateway to answer a chat request: the turns before it, a model’s attempts and the validation.',
  ),
})

export type PoolConfig = Readonly<z.output<typeof poolConfigSchema>>
