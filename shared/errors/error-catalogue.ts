/** What every occurrence of an error code has in common. */
export interface ErrorEntry {
  /** Human title, the same for every occurrence (RFC 9457 `title`). */
  readonly title: string
  /** HTTP status the error leaves with. */
  readonly status: number
  /** True when the same request may succeed later without being changed; consumers retry on it. */
  readonly retryable: boolean
}

/**
 * Every error the mesh may answer with. The key is the `code` that clients act on and the last part of the
 * problem's `type`; it never changes its meaning.
 */
export const errorCatalogue = {
  'malformed-json': { title: 'The body is not valid JSON', status: 400, retryable: false },
  'invalid-request': { title: 'The request is not valid', status: 400, retryable: false },
  unauthorized: { title: 'The token is missing or not the right one', status: 401, retryable: false },
  'route-not-found': { title: 'No such endpoint', status: 404, retryable: false },
  'request-not-found': { title: 'Request not found', status: 404, retryable: false },
  'conversation-not-found': { title: 'Conversation not found', status: 404, retryable: false },
  'message-not-found': { title: 'Message not found', status: 404, retryable: false },
  'queue-not-found': { title: 'Queue not found', status: 404, retryable: false },
  'trace-not-found': { title: 'Trace not found', status: 404, retryable: false },
  'method-not-allowed': { title: 'Method not allowed', status: 405, retryable: false },
  'request-aborted': { title: 'The client closed the request', status: 400, retryable: false },
  'request-conflict': { title: 'The id is already used for a different body', status: 409, retryable: false },
  'idempotency-key-in-use': {
    title: 'A request with this idempotency key is being answered',
    status: 409,
    retryable: true,
  },
  'claims-not-offered': {
    title: 'Workers take messages from the broker itself',
    status: 409,
    retryable: false,
  },
  'body-too-large': { title: 'The body is too large', status: 413, retryable: false },
  'unsupported-media-type': { title: 'The media type is not supported', status: 415, retryable: false },
  'idempotency-key-reused': {
    title: 'The idempotency key was used with another body',
    status: 422,
    retryable: false,
  },
  'query-invalid': { title: 'The query is not valid DataPrime', status: 422, retryable: false },
  'queue-full': { title: 'The queue is full', status: 429, retryable: true },
  'rate-limited': { title: 'A service takes no more requests for a while', status: 429, retryable: true },
  'internal-error': { title: 'Internal error', status: 500, retryable: true },
  'bad-gateway': { title: 'A service answered with something unexpected', status: 502, retryable: true },
  'connection-lost': { title: 'A service went away while it answered', status: 502, retryable: true },
  'streams-exhausted': { title: 'Too many event streams are open', status: 503, retryable: true },
  'turn-pending': {
    title: 'An earlier turn of the conversation is not answered yet',
    status: 409,
    retryable: true,
  },
  'service-unavailable': { title: 'A service cannot be reached', status: 503, retryable: true },
  'shutting-down': { title: 'The service is shutting down', status: 503, retryable: true },
  'service-timeout': { title: 'A service did not answer in time', status: 504, retryable: true },
  'message-expired': {
    title: 'The message waited too long for a consumer',
    status: 504,
    retryable: false,
  },
  'broker-refused': { title: 'The message broker refuses access', status: 503, retryable: true },
  'topology-mismatch': {
    title: 'The message broker has a queue or exchange with other settings',
    status: 503,
    retryable: true,
  },
  'storage-full': { title: 'No space left to store the message', status: 507, retryable: true },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof errorCatalogue

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCatalogue, value)
}
