export type { BusLogger } from './bus-logger'
export { type Clock, systemClock } from './clock'
export type {
  Delivery,
  DriverSubscription,
  MessageDriver,
  MessageRecord,
  QueueStats,
  SendReceipt,
  Settlement,
  SubscribeOptions,
} from './driver'
export { RETENTION, type Retention } from './drivers/embedded/embedded-driver'
export { createMemoryDriver, type MemoryDriverOptions } from './drivers/memory/memory-driver'
export { type OpenDriverOptions, openDriver } from './drivers/open-driver'
export { createSqliteDriver, type SqliteDriverOptions } from './drivers/sqlite/sqlite-driver'
export {
  type DeadLetterCause,
  type DeadLetterReason,
  deadLetterQueueOf,
  HEADER,
  type WireMessage,
} from './message'
export {
  type ConsumeOptions,
  createMessageBus,
  type MessageBus,
  type MessageBusOptions,
  type MessageState,
  type MessageStatus,
  type PublishOptions,
  type PublishReceipt,
  QUEUE_NAME,
  type Subscription,
} from './message-bus'
export type { DrainReport, MessageContext, MessageHandler } from './message-consumer'
