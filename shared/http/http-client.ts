import http from 'node:http'
import https from 'node:https'
import axios, { type AxiosError, type AxiosInstance, type AxiosResponse } from 'axios'
import type { z } from 'zod'
import { AppError, type ErrorCode, type FieldError, isErrorCode } from '#shared/errors'

export interface HttpClientOptions {
  /** `service.name` of the callee, named in errors. */
  readonly service: string
  readonly baseUrl: string
  /** How long one call may take, from connecting to the last byte. */
  readonly timeoutMs: number
  /** Connections kept to the callee. */
  readonly socketsMax: number
  /** Ends every call when it aborts; an `AppError` as its reason is what they fail with. */
  readonly shutdown?: AbortSignal
}

export interface CallOptions<Body> {
  /** What the answer must look like; anything else is a `bad-gateway`. */
  readonly schema: z.ZodType<Body>
  readonly timeoutMs?: number
  /** Ends this call when it aborts; an `AppError` as its reason is what it fails with. */
  readonly signal?: AbortSignal
  /**
   * True when sending twice does no harm. Such a call is sent once more when the callee closed an idle
   * connection at the very moment it was taken again. GET is.
   */
  readonly idempotent?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

export interface HttpClient {
  get<Body>(path: string, options: CallOptions<Body>): Promise<Body>
  post<Body>(path: string, body: unknown, options: CallOptions<Body>): Promise<Body>
  close(): void
}

/**
 * Calls one service over kept-alive connections. Every failure is an `AppError`: a problem the callee answered
 * with keeps its code and its `Retry-After`, a callee that cannot be reached is `service-unavailable`, one that
 * went away with the request in its hands `connection-lost`, one that is too slow `service-timeout`, and each
 * names the service. Trace context is added by the instrumentation.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const agentOptions = { keepAlive: true, maxSockets: options.socketsMax }
  const httpAgent = new http.Agent(agentOptions)
  const httpsAgent = new https.Agent(agentOptions)
  const instance = axios.create({
    baseURL: options.baseUrl,
    timeout: options.timeoutMs,
    httpAgent,
    httpsAgent,
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    responseType: 'text',
    validateStatus: () => true,
    headers: { 'content-type': 'application/json', 'accept-encoding': 'identity' },
    // Bodies are JSON both ways, so axios need not find out what they are.
    transformRequest: [(data: unknown) => (data === undefined ? data : JSON.stringify(data))],
    transformResponse: [parseJsonOrText],
  })

  async function call<Body>(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    callOptions: CallOptions<Body>,
  ) {
    const signal = anySignal(options.shutdown, callOptions.signal)
    const config = {
      method,
      url: path,
      data: body,
      ...(callOptions.timeoutMs !== undefined && { timeout: callOptions.timeoutMs }),
      ...(signal !== undefined && { signal }),
      ...(callOptions.headers !== undefined && { headers: callOptions.headers }),
    }
    const mayRepeat = callOptions.idempotent ?? method === 'GET'
    const response = await send(instance, config, mayRepeat).catch((error) =>
      failCall(options.service, signal, error),
    )
    if (response.status >= 400) throw toCalleeError(options.service, response)
    const parsed = callOptions.schema.safeParse(response.data)
    if (parsed.success) return parsed.data
    throw new AppError('bad-gateway', {
      service: options.service,
      detail: `${options.service} answered ${method} ${path} with a body of an unexpected shape`,
      cause: parsed.error,
    })
  }

  return {
    get: (path, callOptions) => call('GET', path, undefined, callOptions),
    post: (path, body, callOptions) => call('POST', path, body, callOptions),
    close() {
      httpAgent.destroy()
      httpsAgent.destroy()
    },
  }
}

/** A callee in trouble may answer with anything; what is no JSON is kept as text for the error. */
function parseJsonOrText(text: unknown): unknown {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

type RequestConfig = Parameters<AxiosInstance['request']>[0]

function anySignal(...signals: (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined)
  return given.length > 1 ? AbortSignal.any(given) : given[0]
}

async function send(
  instance: AxiosInstance,
  config: RequestConfig,
  mayRepeat: boolean,
): Promise<AxiosResponse> {
  try {
    return await instance.request(config)
  } catch (error) {
    if (!mayRepeat || !isStaleConnection(error)) throw error
    // A callee that is not there any more has gone with the request in its hands: what is told is how it went.
    return instance.request(config).catch((again) => Promise.reject(isUnreachable(again) ? error : again))
  }
}

function isUnreachable(error: unknown): boolean {
  return axios.isAxiosError(error) && error.code === 'ECONNREFUSED'
}

/** The callee closed a kept-alive connection just as it was taken again. */
function isStaleConnection(error: unknown): boolean {
  if (!axios.isAxiosError(error) || error.response !== undefined) return false
  const request = error.request as
    | { reusedSocket?: boolean; _currentRequest?: { reusedSocket?: boolean } }
    | undefined
  const reused = request?.reusedSocket ?? request?._currentRequest?.reusedSocket ?? false
  return reused && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}

/** The client's own error holds the whole request, sockets and headers included; only its words go on. */
function failCall(service: string, signal: AbortSignal | undefined, error: unknown): never {
  if (signal?.aborted && signal.reason instanceof AppError) throw signal.reason
  const { code, message } = error as AxiosError
  const cause = new Error(message)
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') {
    throw new AppError('service-timeout', { service, detail: `${service} did not answer in time`, cause })
  }
  // The request may have reached the callee, and may be what ended it.
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    throw new AppError('connection-lost', { service, detail: `${service} broke off: ${code}`, cause })
  }
  const detail = `${service} cannot be reached: ${code ?? message}`
  throw new AppError('service-unavailable', { service, detail, cause })
}

/** Statuses whose meaning is the same whoever answers: a proxy before the callee knows no codes of ours. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  429: 'rate-limited',
  503: 'service-unavailable',
}

/** The problem the callee answered with, as the error it was there; its trace id is ours already. */
function toCalleeError(service: string, { status, data, headers }: AxiosResponse): AppError {
  const problem = (typeof data === 'object' && data !== null ? data : {}) as {
    code?: unknown
    detail?: unknown
    service?: unknown
    errors?: readonly FieldError[]
  }
  const retryAfterSeconds = parseRetryAfter(headers['retry-after'])
  const wait = retryAfterSeconds !== undefined && { retryAfterSeconds }
  if (!isErrorCode(problem.code)) {
    const code = CODE_OF_STATUS[status] ?? 'bad-gateway'
    return new AppError(code, { service, detail: `${service} answered with status ${status}`, ...wait })
  }
  return new AppError(problem.code, {
    service: typeof problem.service === 'string' ? problem.service : service,
    ...(typeof problem.detail === 'string' && { detail: problem.detail }),
    ...(Array.isArray(problem.errors) && { errors: problem.errors }),
    ...wait,
  })
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function parseRetryAfter(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  if (/^\d{1,9}$/.test(value.trim())) return Number(value)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1_000))
}
