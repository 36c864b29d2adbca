import type { Answer, RequestStatus } from '#shared/contracts'
import { printRow, printTable } from '../cli/rows'
import type { Terminal } from '../cli/terminal'
import type { InspectedTrace, InspectorClient } from '../client/inspector-client'
import type { FeedbackAnswer, MeshClient, MeshStats } from '../client/mesh-client'
import { printAnswer, printBackground } from '../client/print-answer'
import { printTrace } from '../client/print-trace'
import { readReply } from '../client/read-reply'
import { toCurl } from '../client/to-curl'
import { waitForBackground } from '../client/wait-for-background'
import { waitForTrace } from '../client/wait-for-trace'
import { type MeshHealth, meshHealthSchema } from './mesh-health'

export interface DemoParts {
  readonly mesh: MeshClient
  /** Null when traces go elsewhere. */
  readonly inspector: InspectorClient | null
  /** Where traces go, in words. */
  readonly traces: readonly string[]
  /** Longest wait for the background work, and again for the trace. */
  readonly waitMs: number
  readonly terminal: Terminal
}

/** What the steps of the demo brought, by step. */
export interface DemoResult {
  readonly health: MeshHealth
  readonly question: Answer
  readonly background: RequestStatus | null
  readonly trace: InspectedTrace | null
  readonly feedback: FeedbackAnswer
  readonly stats: MeshStats
  readonly refusal: Answer
  readonly follow_up: Answer
  /** Null when it was not answered in time. */
  readonly later: Answer | null
}

export const QUESTION = 'Show me errors from the last hour grouped by service'
export const NO_QUESTION = 'Please bake a chocolate cake'
export const FOLLOW_UP = 'Only the top 3'
export const LATER = 'Make it the last 3 days'

/** Walks a newcomer through the mesh: each step says what it does, how to do it with curl, and what came of it. */
export async function tellStory(parts: DemoParts): Promise<DemoResult> {
  const conversationId = `demo-${Date.now()}`
  const health = await tellHealth(parts)
  const question = await tellQuestion(parts, conversationId)
  const background = await tellBackground(parts, question)
  const trace = await tellTrace(parts, question)
  const feedback = await tellFeedback(parts, question)
  const stats = await tellStats(parts)
  const refusal = await tellRefusal(parts)
  const follow_up = await tellFollowUp(parts, question, conversationId)
  const later = await tellLater(parts, conversationId)
  return { health, question, background, trace, feedback, stats, refusal, follow_up, later }
}

async function tellHealth({ mesh, terminal }: DemoParts) {
  announce(terminal, '1. Six services', [
    'The gateway is the only one that others call. It knows how the five behind it are.',
    toCurl(`${mesh.url}/api/health`),
  ])
  const health = readReply(meshHealthSchema, await mesh.call('/api/health'))
  printTable(terminal, [
    ['api_gateway', health.status],
    ...Object.entries(health.downstream_services).map(
      ([name, { status, latency_ms }]) => [name, `${status}, ${latency_ms} ms`] as const,
    ),
  ])
  return health
}

async function tellQuestion({ mesh, terminal }: DemoParts, conversation_id: string) {
  const question = { user_input: QUESTION, conversation_id }
  announce(terminal, '2. A question', [
    'The query service turns it into DataPrime, the validation service proves that the query is valid,',
    'the queue service takes the rest of the work, and the answer goes out.',
    toCurl(`${mesh.url}/api/generate-query`, question),
  ])
  const answer = await mesh.ask(question)
  printAnswer(answer, terminal)
  return answer
}

async function tellBackground({ mesh, terminal, waitMs }: DemoParts, answer: Answer) {
  announce(terminal, '3. What happens after the answer', [
    'A worker hands the message to the processing service, which looks at what the query does, and the',
    'storage service writes it to SQLite. "Processed" means stored.',
    toCurl(`${mesh.url}/api/requests/${answer.request_id}`),
  ])
  const request = await waitForBackground(mesh, answer, waitMs)
  printBackground(request, terminal)
  return request
}

async function tellTrace({ inspector, traces, terminal, waitMs }: DemoParts, answer: Answer) {
  announce(terminal, '4. One trace', [
    'Everything above is one trace with one root, from the HTTP request to the row in SQLite.',
    ...(inspector === null ? [] : [toCurl(`${inspector.url}/traces/${answer.trace_id}`)]),
  ])
  await printTrace({ answer, inspector, traces, waitMs }, terminal)
  return inspector === null ? null : waitForTrace(inspector, answer, 0)
}

async function tellFeedback({ mesh, terminal }: DemoParts, answer: Answer) {
  const feedback = {
    user_input: QUESTION,
    generated_query: answer.query ?? answer.explanation,
    rating: 5,
    comment: 'Just what I meant.',
    request_id: answer.request_id,
  }
  announce(terminal, '5. Feedback', [
    'A rating from 1 to 5, or a thumb, is kept with the question, the query and the trace.',
    toCurl(`${mesh.url}/api/feedback`, feedback),
  ])
  const stored = await mesh.giveFeedback(feedback)
  printRow(terminal, 'stored', `${stored.feedback_id}, rating ${stored.rating}`)
  return stored
}

async function tellStats({ mesh, terminal }: DemoParts) {
  announce(terminal, '6. Counters', [
    'Every service counts what it does from its start; the gateway collects the counters of all.',
    toCurl(`${mesh.url}/api/stats`),
  ])
  const stats = await mesh.stats()
  printTable(terminal, Object.entries(stats.counters))
  return stats
}

async function tellRefusal({ mesh, terminal }: DemoParts) {
  const question = { user_input: NO_QUESTION }
  announce(terminal, '7. No query at any price', [
    'What is no question about logs or spans is refused, with status 200 and success false.',
    toCurl(`${mesh.url}/api/generate-query`, question),
  ])
  const answer = await mesh.ask(question)
  printAnswer(answer, terminal)
  return answer
}

async function tellFollowUp({ mesh, terminal }: DemoParts, first: Answer, conversation_id: string) {
  const question = { user_input: FOLLOW_UP, conversation_id, previous_query: first.query }
  announce(terminal, '8. A second thought', [
    'A question may build on the query before it.',
    toCurl(`${mesh.url}/api/generate-query`, question),
  ])
  const answer = await mesh.ask(question)
  printAnswer(answer, terminal)
  return answer
}

async function tellLater({ mesh, terminal, waitMs }: DemoParts, conversation_id: string) {
  const question = { user_input: LATER, conversation_id }
  announce(terminal, '9. An answer for later', [
    'POST /api/chat accepts a question at once, 202, and a worker has it answered. It follows up on the last',
    'query of its conversation by itself. The answer is waited for here; GET /api/requests/<id>/events streams it.',
    toCurl(`${mesh.url}/api/chat`, question),
  ])
  const { request_id } = await mesh.chat(question)
  const { status, answer } = await mesh.poll(request_id, waitMs)
  if (answer === null) printRow(terminal, 'answer', `none yet: ${status}`)
  else printAnswer(answer, terminal)
  return answer
}

/** The step's title, what it is about, and, as the last line, the command that does the same. */
function announce(terminal: Terminal, title: string, lines: readonly string[]): void {
  terminal.print()
  terminal.print(terminal.style(['bold', 'underline'], title))
  for (const line of lines) {
    terminal.print(line.startsWith('curl ') ? terminal.style('cyan', `$ ${line}`) : line)
  }
  terminal.print()
}
