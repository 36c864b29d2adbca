import {
  type Attributes,
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AppError } from '#shared/errors'
import { ATTR } from './names'

export interface SpanOptions {
  /** INTERNAL unless told otherwise. */
  readonly kind?: SpanKind
  readonly attributes?: Attributes
  readonly links?: readonly Link[]
  /** The context the span is started in, the active one unless told otherwise. */
  readonly parent?: Context
}

export const INSTRUMENTATION_SCOPE = 'dataprime-mesh'

/**
 * Runs `work` inside a span that is active while it runs and ends when it settles. A failure is recorded as
 * an exception event, sets the error status and `error.type`, and is thrown on unchanged.
 */
export async function withSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<Result> | Result,
): Promise<Result> {
  const parent = options.parent ?? context.active()
  const span = startSpan(name, options, parent)
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span))
  } catch (error) {
    recordFailure(span, error)
    throw error
  } finally {
    span.end()
  }
}

/** As `withSpan`, for work that is done when it returns. */
export function withSpanSync<Result>(
  name: string,
  options: SpanOptions,
  work: (span: Span) => Result,
): Result {
  const parent = options.parent ?? context.active()
  const span = startSpan(name, options, parent)
  try {
    return context.with(trace.setSpan(parent, span), () => work(span))
  } catch (error) {
    recordFailure(span, error)
    throw error
  } finally {
    span.end()
  }
}

function startSpan(name: string, { kind, attributes, links }: SpanOptions, parent: Context): Span {
  return trace.getTracer(INSTRUMENTATION_SCOPE).startSpan(
    name,
    {
      kind: kind ?? SpanKind.INTERNAL,
      ...(attributes !== undefined && { attributes }),
      ...(links !== undefined && { links: [...links] }),
    },
    parent,
  )
}

/** Marks a span as failed: exception event, error status, and the error's code or class as `error.type`. */
export function recordFailure(span: Span, error: unknown): void {
  const exception = error instanceof Error ? error : new Error(String(error))
  span.recordException(exception)
  span.setStatus({ code: SpanStatusCode.ERROR, message: exception.message })
  span.setAttribute(ATTR.ERROR_TYPE, errorTypeOf(exception))
}

/** The code of an expected error, what an error says of itself as `errorType`, or the name of its class. */
function errorTypeOf(error: Error & { readonly errorType?: unknown }): string {
  if (error instanceof AppError) return error.code
  if (typeof error.errorType === 'string') return error.errorType
  return error.name === 'Error' ? error.constructor.name : error.name
}

/** Trace id of the active span, undefined when nothing is traced. */
export function activeTraceId(): string | undefined {
  const spanContext = trace.getActiveSpan()?.spanContext()
  return spanContext !== undefined && trace.isSpanContextValid(spanContext) ? spanContext.traceId : undefined
}

/** Trace id of the trace that stored headers belong to, undefined when they carry none. */
export function traceIdOf(headers: Readonly<Record<string, string>>): string | undefined {
  return trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers))?.traceId
}
