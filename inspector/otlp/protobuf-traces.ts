import { type MessageShape, readMessage } from './protobuf-message'
import type { WireTraceRequest } from './wire'

/**
 * The fields of an `ExportTraceServiceRequest` that the inspector reads, with their numbers from
 * opentelemetry-proto (`trace.proto`, `resource.proto`, `common.proto`), which are fixed for good.
 */
const ANY_VALUE: MessageShape = {
  1: { name: 'stringValue', type: 'string' },
  2: { name: 'boolValue', type: 'bool' },
  3: { name: 'intValue', type: 'int64' },
  4: { name: 'doubleValue', type: 'double' },
  5: { name: 'arrayValue', type: () => ARRAY_VALUE },
  6: { name: 'kvlistValue', type: () => KEY_VALUE_LIST },
  7: { name: 'bytesValue', type: 'base64' },
}

const KEY_VALUE: MessageShape = {
  1: { name: 'key', type: 'string' },
  2: { name: 'value', type: () => ANY_VALUE },
}

const ARRAY_VALUE: MessageShape = { 1: { name: 'values', type: () => ANY_VALUE, many: true } }
const KEY_VALUE_LIST: MessageShape = { 1: { name: 'values', type: () => KEY_VALUE, many: true } }

const RESOURCE: MessageShape = { 1: { name: 'attributes', type: () => KEY_VALUE, many: true } }

const SCOPE: MessageShape = {
  1: { name: 'name', type: 'string' },
  2: { name: 'version', type: 'string' },
}

const EVENT: MessageShape = {
  1: { name: 'timeUnixNano', type: 'fixed64' },
  2: { name: 'name', type: 'string' },
  3: { name: 'attributes', type: () => KEY_VALUE, many: true },
}

const LINK: MessageShape = {
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
  4: { name: 'attributes', type: () => KEY_VALUE, many: true },
}

const STATUS: MessageShape = {
  2: { name: 'message', type: 'string' },
  3: { name: 'code', type: 'enum' },
}

const SPAN: MessageShape = {
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
  3: { name: 'traceState', type: 'string' },
  4: { name: 'parentSpanId', type: 'hex' },
  5: { name: 'name', type: 'string' },
  6: { name: 'kind', type: 'enum' },
  7: { name: 'startTimeUnixNano', type: 'fixed64' },
  8: { name: 'endTimeUnixNano', type: 'fixed64' },
  9: { name: 'attributes', type: () => KEY_VALUE, many: true },
  11: { name: 'events', type: () => EVENT, many: true },
  13: { name: 'links', type: () => LINK, many: true },
  15: { name: 'status', type: () => STATUS },
}

const SCOPE_SPANS: MessageShape = {
  1: { name: 'scope', type: () => SCOPE },
  2: { name: 'spans', type: () => SPAN, many: true },
}

const RESOURCE_SPANS: MessageShape = {
  1: { name: 'resource', type: () => RESOURCE },
  2: { name: 'scopeSpans', type: () => SCOPE_SPANS, many: true },
}

const TRACE_REQUEST: MessageShape = {
  1: { name: 'resourceSpans', type: () => RESOURCE_SPANS, many: true },
}

/**
 * A request in the binary encoding, which most SDKs send unless told otherwise and some know no other.
 *
 * @throws MalformedFieldError when the bytes are not protobuf
 */
export function readProtobufTraces(body: Buffer): WireTraceRequest {
  return readMessage(body, TRACE_REQUEST)
}
