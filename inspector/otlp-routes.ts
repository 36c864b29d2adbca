import { once } from 'node:events'
import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express'
import { AppError } from '#shared/errors'
import { isHttpError, methodNotAllowed, reportUnexpected } from './http-errors'
import { type DecodedTraces, decodeTraces } from './otlp/decode-traces'
import { readProtobufTraces } from './otlp/protobuf-traces'
import {
  encodeRpcStatus,
  encodeTraceResponse,
  OTLP_MEDIA_TYPES,
  type OtlpMediaType,
  type PartialSuccess,
  RPC_CODES,
} from './otlp/response'
import { MalformedFieldError } from './otlp/wire-fields'
import type { SpanStore } from './span-store'

export interface ReceiverStats {
  received_spans: number
  rejected_spans: number
  ignored_exports: number
}

export interface OtlpRoutesOptions {
  readonly store: SpanStore
  readonly stats: ReceiverStats
  readonly bodySizeMaxBytes: number
}

const REASONS_TOLD_MAX = 3

/** A request the receiver refuses as a whole, with the HTTP status that tells an exporter not to retry. */
class RefusedExportError extends Error {
  constructor(
    readonly status: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'RefusedExportError'
  }
}

/**
 * The receiving end of OTLP/HTTP. Traces are kept. Logs and metrics are thanked for and dropped: an SDK
 * with its defaults exports all three signals to one endpoint, and would log an error at every interval if
 * two of them answered 404.
 */
export function otlpRoutes({ store, stats, bodySizeMaxBytes }: OtlpRoutesOptions): Router {
  const router = Router()
  const readBody = express.raw({ type: () => true, limit: bodySizeMaxBytes })

  const receiveTraces: RequestHandler = (request, response) => {
    const mediaType = requireMediaType(request)
    const decoded = decodeBody(mediaType, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0))
    const reasons = keep(decoded, store)
    stats.received_spans += decoded.spans.length + decoded.rejected.length
    stats.rejected_spans += reasons.length
    answer(response, mediaType, 200, encodeTraceResponse(mediaType, toPartialSuccess(reasons)))
  }

  const ignoreExport: RequestHandler = async (request, response) => {
    const mediaType = requireMediaType(request)
    await discardBody(request)
    stats.ignored_exports += 1
    answer(response, mediaType, 200, encodeTraceResponse(mediaType, undefined))
  }

  router.route('/v1/traces').post(checkMediaType, readBody, receiveTraces).all(methodNotAllowed('POST'))
  router.route(['/v1/logs', '/v1/metrics']).post(ignoreExport).all(methodNotAllowed('POST'))
  router.use('/v1', answerRpcStatus)
  return router
}

async function discardBody(request: Request): Promise<void> {
  request.resume()
  try {
    await once(request, 'end')
  } catch (error) {
    throw new RefusedExportError(400, 'the client closed the request', { cause: error })
  }
}

/** Before the body is read, so that what will not be understood is not decompressed either. */
const checkMediaType: RequestHandler = (request, _response, next) => {
  requireMediaType(request)
  next()
}

function mediaTypeOf(request: Request): OtlpMediaType | undefined {
  const given = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase()
  return OTLP_MEDIA_TYPES.find((mediaType) => mediaType === given)
}

function requireMediaType(request: Request): OtlpMediaType {
  const mediaType = mediaTypeOf(request)
  if (mediaType !== undefined) return mediaType
  const given = request.headers['content-type'] ?? 'none'
  throw new RefusedExportError(
    415,
    `content type ${given} is not OTLP/HTTP; use application/json or application/x-protobuf ` +
      '(OTEL_EXPORTER_OTLP_PROTOCOL=http/json or http/protobuf; grpc is not spoken here)',
  )
}

function decodeBody(mediaType: OtlpMediaType, body: Buffer): DecodedTraces {
  return decodeTraces(mediaType === 'application/json' ? parseJson(body) : readProtobufTraces(body))
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw new RefusedExportError(
      400,
      `the body is not JSON: ${error instanceof Error ? error.message : error}`,
    )
  }
}

/** Why spans were not kept, one reason each: malformed, or no room. */
function keep({ spans, rejected }: DecodedTraces, store: SpanStore): string[] {
  const reasons = rejected.map(({ path, reason }) => `${path}: ${reason}`)
  for (const span of spans) {
    const refusal = store.add(span)
    if (refusal !== undefined) reasons.push(refusal)
  }
  return reasons
}

function toPartialSuccess(reasons: readonly string[]): PartialSuccess | undefined {
  if (reasons.length === 0) return undefined
  const told = [...new Set(reasons)].slice(0, REASONS_TOLD_MAX)
  const more = reasons.length > told.length ? '; …' : ''
  return { rejectedSpans: reasons.length, errorMessage: `${told.join('; ')}${more}` }
}

function answer(response: Response, mediaType: OtlpMediaType, status: number, body: Buffer): void {
  // Past Express, which would add a charset that OTLP does not have.
  response.statusCode = status
  response.setHeader('Content-Type', mediaType)
  response.end(body)
}

/** Every error of the receiver as a google.rpc.Status, in the encoding of the request where that is known. */
const answerRpcStatus: ErrorRequestHandler = (error: unknown, request, response, _next) => {
  const { status, message } = explain(error)
  reportUnexpected(status, error)
  const code =
    status === 405 ? RPC_CODES.unimplemented : status < 500 ? RPC_CODES.invalidArgument : RPC_CODES.internal
  const mediaType = mediaTypeOf(request) ?? 'application/json'
  answer(response, mediaType, status, encodeRpcStatus(mediaType, { code, message }))
}

function explain(error: unknown): { status: number; message: string } {
  if (error instanceof MalformedFieldError) return { status: 400, message: error.message }
  if (error instanceof RefusedExportError || error instanceof AppError) return error
  if (!isHttpError(error) || error.status >= 500) return { status: 500, message: 'internal error' }
  if (error.type === 'entity.too.large') {
    return { status: 413, message: 'the body is larger than INSPECTOR_BODY_SIZE_MAX_BYTES allows' }
  }
  return { status: error.status, message: `the body cannot be read: ${error.message}` }
}
