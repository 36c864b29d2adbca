import type { z } from 'zod'
import { CommandError } from '../cli/command-error'
import type { HttpReply } from './http-call'
import { toProblemError } from './problem-error'

/**
 * The body of a successful reply, in the shape the contract gives it.
 *
 * @throws ProblemError when the reply is an error, CommandError when its shape is another one
 */
export function readReply<Body>(schema: z.ZodType<Body>, reply: HttpReply): Body {
  if (reply.status >= 400) throw toProblemError(reply)
  const result = schema.safeParse(reply.body)
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new CommandError(
    `the answer has an unexpected shape: /${issue?.path.join('/') ?? ''}: ${issue?.message ?? ''}`,
  )
}
