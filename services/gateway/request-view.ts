import {
  CHAT_REQUESTS_QUEUE,
  type ChatStatus,
  type MessageStatus,
  type Progress,
  type StoredChat,
  type StoredRequest,
} from '#shared/contracts'

/** What the mesh knows of a request, from where it is kept. */
export interface RequestKnowledge {
  readonly progress?: Progress | undefined
  /** Of the last queue that had it. */
  readonly message?: MessageStatus | undefined
}

const NOTHING_YET = {
  conversation_id: null,
  user_input: null,
  query: null,
  validation: null,
  insights: null,
  answered_at: null,
  deadline_at: null,
  late: false,
  processed_at: null,
  reason: null,
  problem: null,
  answer: null,
} as const

/**
 * Where a request stands. What is stored has the first word, because `processed` means stored; a message only
 * tells what storage cannot know. Undefined when neither tells anything.
 */
export function toChatStatus({ progress, message }: RequestKnowledge, now: number): ChatStatus | undefined {
  if (progress?.chat != null) return fromChat(progress.chat, progress.processed, message, now)
  if (progress?.processed != null) return fromProcessed(progress.processed)
  // A message that is done has left the queue for storage.
  if (message === undefined || message.status === 'processed') return undefined
  return message.queue === CHAT_REQUESTS_QUEUE
    ? fromChatMessage({ ...message, status: message.status }, now)
    : fromJobMessage({ ...message, status: message.status })
}

/** The same at another time: a request that still waits is `timed_out` from its deadline on. */
export function atTime(status: ChatStatus, now: number): ChatStatus {
  const isOver = status.deadline_at !== null && now > Date.parse(status.deadline_at)
  return isOver && isWaiting(status) ? { ...status, status: 'timed_out' } : status
}

function isWaiting({ status, answer }: ChatStatus): boolean {
  return answer === null && (status === 'accepted' || status === 'processing')
}

function fromChat(
  chat: StoredChat,
  processed: StoredRequest | null,
  message: MessageStatus | undefined,
  now: number,
): ChatStatus {
  const { answer, problem } = chat
  const status: ChatStatus = {
    ...NOTHING_YET,
    request_id: chat.request_id,
    trace_id: chat.trace_id,
    conversation_id: chat.conversation_id,
    status: chat.status,
    attempts: chat.attempts,
    user_input: chat.user_input,
    query: answer?.query ?? null,
    validation: answer?.validation ?? null,
    created_at: chat.accepted_at,
    answered_at: chat.answered_at,
    deadline_at: chat.deadline_at,
    late: chat.late,
    reason: problem === null ? null : `${problem.code}: ${problem.detail ?? problem.title}`,
    problem,
    answer,
  }
  if (chat.status !== 'answered') {
    // One that no worker ever had, or whose workers died with it, was given up without telling storage.
    const isGivenUp = message?.status === 'failed' && message.queue === CHAT_REQUESTS_QUEUE
    if (isGivenUp && chat.status !== 'failed') return { ...status, status: 'failed', reason: message.reason }
    return atTime(status, now)
  }
  if (processed !== null) {
    const { insights, processed_at } = processed
    return { ...status, status: 'processed', insights, processed_at }
  }
  const hasBackgroundFailed = message?.status === 'failed' && message.queue !== CHAT_REQUESTS_QUEUE
  return hasBackgroundFailed ? { ...status, status: 'failed', reason: message.reason } : status
}

function fromProcessed(stored: StoredRequest): ChatStatus {
  return {
    ...NOTHING_YET,
    request_id: stored.request_id,
    trace_id: stored.trace_id,
    conversation_id: stored.conversation_id,
    status: 'processed',
    attempts: stored.attempts,
    user_input: stored.user_input,
    query: stored.query,
    validation: stored.validation,
    insights: stored.insights,
    created_at: stored.created_at,
    processed_at: stored.processed_at,
  }
}

type UnfinishedMessage = MessageStatus & { readonly status: Exclude<MessageStatus['status'], 'processed'> }

function fromJobMessage(message: UnfinishedMessage): ChatStatus {
  const { payload } = message
  const job = payload === null || 'question' in payload ? undefined : payload
  return {
    ...NOTHING_YET,
    request_id: message.message_id,
    trace_id: message.trace_id,
    conversation_id: job?.conversation_id ?? null,
    status: message.status,
    attempts: message.attempts,
    user_input: job?.user_input ?? null,
    query: job?.query ?? null,
    validation: job?.validation ?? null,
    created_at: job?.created_at ?? message.enqueued_at,
    reason: message.reason,
  }
}

/** Of a chat request that storage has not heard of yet. */
function fromChatMessage(message: UnfinishedMessage, now: number): ChatStatus {
  const { payload } = message
  const request = payload !== null && 'question' in payload ? payload : undefined
  return atTime(
    {
      ...NOTHING_YET,
      request_id: message.message_id,
      trace_id: message.trace_id,
      conversation_id: request?.conversation_id ?? null,
      status: message.status,
      attempts: message.attempts,
      user_input: request?.question.user_input ?? null,
      created_at: request?.accepted_at ?? message.enqueued_at,
      deadline_at: request?.deadline_at ?? null,
      reason: message.reason,
    },
    now,
  )
}
