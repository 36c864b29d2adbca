export { type AnswerOnce, type Claim, createAnswerOnce, type OnceReply } from './answer-once'
export { type IdempotencyConfig, idempotencyConfigSchema } from './config'
export { fingerprintOf, readIdempotencyKey } from './idempotency-key'
export { addIdempotencyRoutes } from './idempotency-routes'
export type { IdempotencyStore } from './idempotency-store'
export { createRemoteIdempotencyStore } from './remote-idempotency-store'
export {
  type OpenIdempotencyStore,
  type OpenIdempotencyStoreOptions,
  openIdempotencyStore,
} from './sqlite-idempotency-store'
