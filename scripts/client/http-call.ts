import { CommandError } from '../cli/command-error'

export interface HttpReply {
  readonly status: number
  readonly headers: Headers
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown
}

export interface CallOptions {
  readonly method?: 'GET' | 'POST'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** Longer than the mesh itself waits for a model. */
const TIMEOUT_MS = 60_000

/**
 * One HTTP call, whatever its answer.
 *
 * @throws UnreachableError when there is no answer at all
 */
export async function callHttp(url: string, options: CallOptions = {}): Promise<HttpReply> {
  const {
    method = options.body === undefined ? 'GET' : 'POST',
    body,
    headers,
    timeoutMs = TIMEOUT_MS,
  } = options
  try {
    const response = await fetch(url, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    return { status: response.status, headers: response.headers, body: parseBody(await response.text()) }
  } catch (error) {
    throw new UnreachableError(new URL(url).origin, reasonOf(error, timeoutMs))
  }
}

/** Nobody answers at an address. */
export class UnreachableError extends CommandError {
  constructor(
    readonly origin: string,
    readonly reason: string,
  ) {
    super(`nothing answers at ${origin} (${reason}); ./scripts/start.sh starts the mesh`)
    this.name = 'UnreachableError'
  }
}

/** What is no JSON stays text. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Why a call got no answer, in a word. */
export function reasonOf(error: unknown, timeoutMs?: number): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${timeoutMs} ms`
  // `fetch` says only "fetch failed"; what failed is its cause.
  const { cause } = error
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message
  return error.message
}
