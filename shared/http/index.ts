export { answerWithProblem, refuseUnknownRoutes, sendTraceId, TRACE_ID_HEADER } from './error-handling'
export { type CallOptions, createHttpClient, type HttpClient, type HttpClientOptions } from './http-client'
export { jsonBody } from './json-body'
export { parseBody, parseInput } from './parse-body'
