import { setTimeout as pause } from 'node:timers/promises'
import {
  type ChatStatus,
  type MessageStatus,
  messageStatusSchema,
  type Progress,
  progressSchema,
} from '#shared/contracts'
import { AppError, toAppError } from '#shared/errors'
import type { HttpClient } from '#shared/http'
import type { Logger } from '#shared/telemetry'
import { atTime, type RequestKnowledge, toChatStatus } from './request-view'

/** A request at one moment. */
export interface RequestSnapshot {
  readonly status: ChatStatus
  /** What storage calls this moment; 0 when it knows nothing of the request. */
  readonly version: number
}

export interface RequestReader {
  /**
   * @throws AppError `request-not-found` when neither storage nor the queue knows the id · what storage failed
   * with, when only it could tell
   */
  read(requestId: string): Promise<RequestSnapshot>
  /**
   * The request as soon as it is another than `known`, or after `waitMs`. A service that cannot be asked is
   * waited for: what was known stays.
   */
  next(
    requestId: string,
    known: RequestSnapshot,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<RequestSnapshot>
}

export interface RequestReaderOptions {
  readonly storage: HttpClient
  /** A client of storage whose connections are held by those who wait. */
  readonly waitingStorage: HttpClient
  readonly queue: HttpClient
  readonly serviceTimeoutMs: number
  readonly logger: Logger
}

/** Before a service is asked again that failed, or answered with nothing new and did not wait for it. */
const PAUSE_MS = 500

/** Storage tells of its changes at once. What the queue alone knows has to be asked after, this often. */
const QUEUE_CHECK_MS = { unstored: 250, background: 2_000 }

export function createRequestReader(options: RequestReaderOptions): RequestReader {
  async function read(requestId: string): Promise<RequestSnapshot> {
    const found = await findProgress(options.storage, requestId, '').catch((error: unknown) => ({ error }))
    const progress = 'error' in found ? undefined : found.progress
    const isToldByStorage = progress !== undefined && !mayBeGivenUp(progress, Date.now())
    const message = isToldByStorage ? undefined : await findMessage(requestId, progress)
    const snapshot = toSnapshot({ progress, message })
    if (snapshot !== undefined) return snapshot
    // A message may leave the queue for storage between the two questions.
    const later = toSnapshot(await findProgress(options.storage, requestId, ''))
    if (later !== undefined) return later
    throw new AppError('request-not-found', { detail: 'no request has such an id' })
  }

  /** Undefined for a message that the queue does not know. What is stored is told without it, too. */
  async function findMessage(
    requestId: string,
    progress: Progress | undefined,
  ): Promise<MessageStatus | undefined> {
    try {
      return await options.queue.get(`/status/${encodeURIComponent(requestId)}`, {
        schema: messageStatusSchema,
      })
    } catch (error) {
      if (progress !== undefined || toAppError(error).code === 'message-not-found') return undefined
      throw error
    }
  }

  async function next(
    requestId: string,
    known: RequestSnapshot,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<RequestSnapshot> {
    const boundedMs = Math.max(0, Math.min(waitMs, patienceWith(known)))
    const endsAt = performance.now() + boundedMs
    try {
      const query = `?after=${known.version}&wait_ms=${Math.ceil(boundedMs)}`
      const timeoutMs = boundedMs + options.serviceTimeoutMs
      const { progress } = await findProgress(options.waitingStorage, requestId, query, { timeoutMs, signal })
      const needsQueue = progress === undefined || mayBeGivenUp(progress, Date.now())
      const snapshot = (needsQueue ? undefined : toSnapshot({ progress })) ?? (await read(requestId))
      // Storage lets nobody wait when as many wait there as may, and when it is about to end.
      if (isSame(snapshot, known)) await rest(endsAt - performance.now(), signal)
      return snapshot
    } catch (error) {
      if (!signal.aborted) {
        const { code, detail } = toAppError(error)
        options.logger.warn({ code, detail, request_id: requestId }, 'a request cannot be followed')
        await rest(boundedMs, signal)
      }
      return { ...known, status: atTime(known.status, Date.now()) }
    }
  }

  return { read, next }
}

interface FindOptions {
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

async function findProgress(
  storage: HttpClient,
  requestId: string,
  query: string,
  options?: FindOptions,
): Promise<{ readonly progress: Progress | undefined }> {
  try {
    const path = `/progress/${encodeURIComponent(requestId)}${query}`
    return { progress: await storage.get(path, { schema: progressSchema, ...options }) }
  } catch (error) {
    if (toAppError(error).code !== 'request-not-found') throw error
    return { progress: undefined }
  }
}

function toSnapshot(knowledge: RequestKnowledge): RequestSnapshot | undefined {
  const status = toChatStatus(knowledge, Date.now())
  return status === undefined ? undefined : { status, version: knowledge.progress?.version ?? 0 }
}

/**
 * Whether a message of it may have failed without a word to storage: that of its background work, or, when it has had
 * no answer in time, its own, which may have waited in its queue for too long.
 */
function mayBeGivenUp({ chat, processed }: Progress, now: number): boolean {
  if (chat?.status === 'answered') return processed === null && chat.answer?.message_id !== null
  return chat != null && chat.status !== 'failed' && now > Date.parse(chat.deadline_at)
}

/** How long nothing can happen to a request that storage would not tell. */
function patienceWith({ version, status: { status, deadline_at } }: RequestSnapshot): number {
  const isWaiting = status === 'accepted' || status === 'processing'
  return Math.min(
    version === 0 ? QUEUE_CHECK_MS.unstored : Number.POSITIVE_INFINITY,
    status === 'answered' ? QUEUE_CHECK_MS.background : Number.POSITIVE_INFINITY,
    // A millisecond more, so that it is over when it is looked at.
    isWaiting && deadline_at !== null ? Date.parse(deadline_at) - Date.now() + 1 : Number.POSITIVE_INFINITY,
  )
}

function isSame(one: RequestSnapshot, other: RequestSnapshot): boolean {
  const isSameStatus =
    one.status.status === other.status.status && one.status.attempts === other.status.attempts
  return isSameStatus && one.version === other.version
}

/** Rests for a moment, but for no longer than `leftMs`. */
async function rest(leftMs: number, signal: AbortSignal): Promise<void> {
  if (leftMs > 0) await pause(Math.min(leftMs, PAUSE_MS), undefined, { signal }).catch(ignoreAbort)
}

function ignoreAbort(): void {}
