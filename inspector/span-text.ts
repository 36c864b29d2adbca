import type { AttributeValue, Span } from './span'
import { type Piece, piece, STYLES, type Style } from './styled-text'
import type { TraceNode } from './trace-tree'

const HTTP_METHOD = /^[A-Z]{3,8}$/
const SERVER_ERROR_STATUS_MIN = 500

/**
 * The name of a span, preceded by its service unless the name begins with it (`queue_service.add_to_queue`)
 * or the row above has named the same service.
 */
export function spanLabel(span: Span, serviceAbove: string | undefined, serviceStyle: Style): Piece[] {
  const { serviceName } = span.resource
  const name = spanName(span)
  if (name.startsWith(`${serviceName}.`)) {
    return [piece(serviceName, serviceStyle), piece(name.slice(serviceName.length))]
  }
  return serviceName === serviceAbove ? [piece(name)] : [piece(serviceName, serviceStyle), piece(` ${name}`)]
}

/** The label of a client and a server span drawn as one call. */
export function callLabel(server: Span, serviceStyle: Style): Piece[] {
  return [
    piece('→ ', STYLES.dim),
    piece(server.resource.serviceName, serviceStyle),
    piece(` ${spanName(server)}`),
  ]
}

/** HTTP client spans are named by their method alone; where the call went says more. */
function spanName(span: Span): string {
  if (span.kind !== 'client' || !HTTP_METHOD.test(span.name)) return span.name || '(no name)'
  const target = callTarget(span)
  return target === undefined ? span.name : `${span.name} ${target}`
}

/** Host, port and path; never the query string, which may hold anything. */
function callTarget({ attributes }: Span): string | undefined {
  const url = attributes['url.full']
  if (typeof url === 'string' && URL.canParse(url)) {
    const { host, pathname } = new URL(url)
    return `${host}${pathname}`
  }
  const address = attributes['server.address']
  if (typeof address !== 'string') return undefined
  const port = attributes['server.port']
  return port === undefined ? address : `${address}:${String(port)}`
}

/** Why a span failed, on one line: `error.type` and the message of its status or its exception. */
export function errorDetail(span: Span): string | undefined {
  if (span.status.code !== 'error') return undefined
  const message = errorMessage(span)
  const type = errorType(span)
  if (message === undefined || message === type) return undefined
  return type === undefined ? message : `${type}: ${message}`
}

export function errorMessage(span: Span): string | undefined {
  const exception = span.events.find(({ name }) => name === 'exception')
  const message = span.status.message ?? exception?.attributes['exception.message']
  return typeof message === 'string' && message !== '' ? message.split('\n', 1)[0] : undefined
}

function errorType(span: Span): string | undefined {
  const type = span.attributes['error.type']
  return type === undefined || type === null ? undefined : String(type)
}

/**
 * The few attributes worth a glance, most urgent first. `spans` are those drawn on the row, one or a call's
 * client and server. `label` is the row's own text, which need not be said twice.
 */
export function spanNotes(node: TraceNode, spans: readonly Span[], label: string): Piece[] {
  const read = (name: string): AttributeValue | undefined =>
    spans.map(({ attributes }) => attributes[name]).find((value) => value !== undefined)
  const notes = [
    attemptNote(read('mesh.message.attempt')),
    errorNote(spans),
    placementNote(node),
    statusNote(read('http.response.status_code')),
    tokensNote(read('gen_ai.usage.input_tokens'), read('gen_ai.usage.output_tokens')),
    validityNote(read('validation.is_valid')),
    textNote(read('complexity.level'), (level) => `${level} complexity`),
    textNote(read('intent.type'), (intent) => intent),
    textNote(read('db.query.summary'), (summary) => (label.includes(summary) ? '' : summary)),
  ].filter((note) => note !== undefined && note.text !== '')
  return notes.flatMap((note, index) =>
    note === undefined ? [] : index === 0 ? [note] : [piece(' · ', STYLES.dim), note],
  )
}

function attemptNote(attempt: AttributeValue | undefined): Piece | undefined {
  return typeof attempt === 'number' && attempt > 1 ? piece(`attempt ${attempt}`, STYLES.waiting) : undefined
}

/** The type alone, for errors that have no more to say; the others get a line of their own. */
function errorNote(spans: readonly Span[]): Piece | undefined {
  const failed = spans.filter(({ status }) => status.code === 'error')
  if (failed.length === 0 || failed.some((span) => errorDetail(span) !== undefined)) return undefined
  const type = failed.map(errorType).find((found) => found !== undefined)
  const isStatusCode = failed.some(
    ({ attributes }) => String(attributes['http.response.status_code']) === type,
  )
  return type === undefined || isStatusCode ? undefined : piece(type, STYLES.error)
}

function placementNote({ placement }: TraceNode): Piece | undefined {
  if (placement === 'orphan') return piece('parent missing', STYLES.waiting)
  if (placement === 'linked') return piece('by link, parent missing', STYLES.waiting)
  return placement === 'cycle' ? piece('its own ancestor', STYLES.error) : undefined
}

function statusNote(status: AttributeValue | undefined): Piece | undefined {
  if (typeof status !== 'number') return undefined
  return piece(String(status), status >= SERVER_ERROR_STATUS_MIN ? STYLES.error : STYLES.dim)
}

function tokensNote(
  input: AttributeValue | undefined,
  output: AttributeValue | undefined,
): Piece | undefined {
  if (typeof input !== 'number' && typeof output !== 'number') return undefined
  return piece(`${String(input ?? '?')}→${String(output ?? '?')} tokens`, STYLES.dim)
}

function validityNote(isValid: AttributeValue | undefined): Piece | undefined {
  if (typeof isValid !== 'boolean') return undefined
  return isValid ? piece('valid', STYLES.dim) : piece('invalid', STYLES.error)
}

function textNote(value: AttributeValue | undefined, toText: (value: string) => string): Piece | undefined {
  return typeof value === 'string' ? piece(toText(value), STYLES.dim) : undefined
}
