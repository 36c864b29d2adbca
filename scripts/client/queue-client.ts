import type { z } from 'zod'
import {
  type DeadLetterPageReport,
  deadLetterPageSchema,
  type Purged,
  purgedSchema,
  type QueueReport,
  queueReportSchema,
  queuesSchema,
  type Replayed,
  replayedSchema,
} from '#shared/contracts'
import { CommandError } from '../cli/command-error'
import { type CallOptions, callHttp } from './http-call'
import { ProblemError } from './problem-error'
import { readReply } from './read-reply'

export type Queues = z.output<typeof queuesSchema>

/** The operations of the queue service. Failures are a `CommandError` each. */
export interface QueueClient {
  list(): Promise<Queues>
  show(queue: string): Promise<QueueReport>
  deadLetters(
    queue: string,
    page: { readonly limit?: number; readonly after?: string },
  ): Promise<DeadLetterPageReport>
  purge(queue: string, options: { readonly dead_letters: boolean }): Promise<Purged>
  replay(
    queue: string,
    options: { readonly message_ids?: readonly string[]; readonly limit?: number },
  ): Promise<Replayed>
}

/** @param token what the service's ADMIN_TOKEN is, when it has one */
export function createQueueClient(url: string, token: string | undefined): QueueClient {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const at = (queue: string) => `/queues/${encodeURIComponent(queue)}`

  async function call<Body>(schema: z.ZodType<Body>, path: string, options: CallOptions = {}): Promise<Body> {
    const reply = await callHttp(`${url}${path}`, { ...options, headers })
    try {
      return readReply(schema, reply)
    } catch (error) {
      throw withAdvice(error)
    }
  }

  return {
    list: () => call(queuesSchema, '/queues'),
    show: (queue) => call(queueReportSchema, at(queue)),
    deadLetters(queue, page) {
      const query = new URLSearchParams()
      for (const [name, value] of Object.entries(page)) query.set(name, String(value))
      return call(deadLetterPageSchema, `${at(queue)}/dead-letters${query.size > 0 ? `?${query}` : ''}`)
    },
    purge: (queue, body) => call(purgedSchema, `${at(queue)}/purge`, { body }),
    replay: (queue, body) => call(replayedSchema, `${at(queue)}/replay`, { body }),
  }
}

function withAdvice(error: unknown): unknown {
  if (!(error instanceof ProblemError) || error.problem.code !== 'unauthorized') return error
  return new CommandError(`${error.message}\n  this command takes the token from ADMIN_TOKEN`)
}
