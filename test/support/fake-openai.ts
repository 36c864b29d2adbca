import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { closeServer } from './otlp-receiver'

export interface ChatRequest {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content: string }[]
  readonly response_format: { readonly type: string; readonly json_schema: { readonly strict: boolean } }
}

/** Answers one request of the model's API. */
export type Reply = (response: ServerResponse, request: ChatRequest) => void | Promise<void>

export interface FakeOpenAi {
  /** For `OPENAI_BASE_URL`. */
  readonly url: string
  readonly requests: readonly ChatRequest[]
  /** Replies to the next requests, in order; the last one goes on. */
  reply(...replies: Reply[]): void
  close(): Promise<void>
}

/** An OpenAI-compatible server that says what a test tells it to. */
export async function startFakeOpenAi(): Promise<FakeOpenAi> {
  const requests: ChatRequest[] = []
  let replies: Reply[] = []
  const server = createServer(async (request, response) => {
    if (request.url !== '/v1/chat/completions') {
      response.writeHead(404).end()
      return
    }
    const body = (await json(request)) as ChatRequest
    requests.push(body)
    const reply = replies.length > 1 ? replies.shift() : replies[0]
    await reply?.(response, body)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    reply(...next) {
      replies = next
      requests.length = 0
    },
    close: () => closeServer(server),
  }
}

interface Message {
  readonly content: string | null
  readonly refusal?: string
}

function completion(message: Message, finishReason: string) {
  return {
    id: 'chatcmpl-test-1',
    object: 'chat.completion',
    created: 1,
    model: 'test-model-2025',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finishReason }],
    usage: { prompt_tokens: 900, completion_tokens: 40, total_tokens: 940 },
  }
}

export function sayText(content: string, finishReason = 'stop'): Reply {
  return (response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(completion({ content }, finishReason)))
  }
}

export function sayQuery(query: string): Reply {
  return sayText(
    JSON.stringify({ outcome: 'query', query, explanation: 'As asked.', assumptions: ['the last hour'] }),
  )
}

export function sayOutcome(outcome: 'refused' | 'clarify', explanation: string): Reply {
  return sayText(JSON.stringify({ outcome, query: null, explanation, assumptions: [] }))
}

export function sayRefusal(refusal: string): Reply {
  return (response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(completion({ content: null, refusal }, 'stop')))
  }
}

/** What the error says, as providers do who repeat the key they were given. */
export const SECRET = 'sk-SECRET123'

export function sayStatus(status: number): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    const message = `Incorrect API key provided: ${SECRET}`
    response.end(JSON.stringify({ error: { message, type: SECRET, code: SECRET, param: SECRET } }))
  }
}

/** Takes the request and never answers. */
export function sayNothing(): Reply {
  return () => undefined
}
