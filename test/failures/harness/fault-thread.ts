import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { parentPort } from 'node:worker_threads'
import { AppError, type ErrorCode, PROBLEM_MEDIA_TYPE, toProblem } from '#shared/errors'
import { type Every, indexOfMessage, isAmong } from './every'

// A proxy before a service that is at fault for some of the messages, on a thread of its own.

export interface Fault extends Every {
  /** Only so many requests for each message are at fault; all unless given. */
  readonly times?: number
  /** How long such a request is held before it goes on. */
  readonly delayMs?: number
  /** The problem that it is answered with, instead of going on. */
  readonly code?: ErrorCode
}

/** What the thread is told: where to pass requests, and which are at fault. */
export interface FaultOrders {
  readonly target: string
  readonly faults: readonly Fault[]
}

export type FaultReport =
  | { readonly url: string }
  /** A request of the message with this number was at fault. */
  | { readonly faultyIndex: number }

const report = (message: FaultReport) => parentPort?.postMessage(message)

const agent = new Agent({ keepAlive: true })
const requestsByMessage = new Map<string, number>()
let orders: FaultOrders | undefined

parentPort?.on('message', (message: FaultOrders) => {
  orders = message
})

const server = createServer((incoming, response) => {
  answer(incoming, response).catch(() => response.destroy())
})
server.listen(0, '127.0.0.1', () => {
  report({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})

async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(incoming)
  const fault = body.length > 0 ? faultOf(body) : undefined
  if (fault?.delayMs !== undefined) await wait(fault.delayMs)
  if (fault?.code === undefined) {
    passOn(incoming, body, response)
    return
  }
  const error = new AppError(fault.code, { detail: 'at fault on purpose' })
  response.writeHead(error.status, { 'content-type': PROBLEM_MEDIA_TYPE })
  response.end(JSON.stringify(toProblem(error)))
}

function faultOf(body: Buffer): Fault | undefined {
  const { request_id } = JSON.parse(body.toString()) as { request_id: string }
  const requests = (requestsByMessage.get(request_id) ?? 0) + 1
  requestsByMessage.set(request_id, requests)
  const index = indexOfMessage(request_id)
  const fault = orders?.faults.find((one) => isAmong(one, index) && requests <= (one.times ?? requests))
  if (fault !== undefined) report({ faultyIndex: index })
  return fault
}

/** With every header, those of the trace among them. */
function passOn(incoming: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const { method, headers, url } = incoming
  const outgoing = request(new URL(url ?? '/', orders?.target), { method, headers, agent }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers)
    answered.pipe(response)
  })
  outgoing.on('error', () => response.destroy())
  outgoing.end(body)
}
