export { abortedWhenClosed } from './aborted-when-closed'
export { answerWithProblem, refuseUnknownRoutes, sendTraceId, TRACE_ID_HEADER } from './error-handling'
export {
  type EventStream,
  type EventStreamOptions,
  openEventStream,
  type ServerSentEvent,
} from './event-stream'
export { type CallOptions, createHttpClient, type HttpClient, type HttpClientOptions } from './http-client'
export { jsonBody } from './json-body'
export { logRequests } from './log-requests'
export { parseBody, parseInput } from './parse-body'
export { requireBearer } from './require-bearer'
export { createServiceClient, type ServiceClientOptions } from './service-client'
