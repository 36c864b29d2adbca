export { rabbitmqSettingsOf } from './broker-config'
export type { BusLogger } from './bus-logger'
export type { BusObserver, DeliveryEvent, PublishedEvent, SettledEvent } from './bus-observer'
export type { CircuitState, PauseLengths } from './circuit-breaker'
export {
  type ClaimableDriver,
  type ClaimedMessage,
  type ClaimOptions,
  isClaimable,
  type Lease,
  type LeaseSettlement,
} from './claimable-driver'
export { type Clock, systemClock } from './clock'
export { type MessagingConfig, messagingConfigSchema, queueUrlOf } from './config'
export type {
  DeadLetter,
  DeadLetterPage,
  DeadLetterPageRequest,
  Delivery,
  DriverConnection,
  DriverSubscription,
  MessageDriver,
  MessageRecord,
  PublishOutcome,
  QueueStats,
  ReplaySelection,
  SendReceipt,
  Settlement,
  SubscribeOptions,
  SubscriptionEnd,
} from './driver'
export { RETENTION, type Retention } from './drivers/embedded/embedded-driver'
export { createMemoryDriver, type MemoryDriverOptions } from './drivers/memory/memory-driver'
export { type OpenDriverOptions, openDriver, type RabbitmqSettings } from './drivers/open-driver'
export type { PublishReport } from './drivers/rabbitmq/publisher'
export { createRabbitmqDriver, type RabbitmqDriverOptions } from './drivers/rabbitmq/rabbitmq-driver'
export { createRemoteDriver, type RemoteDriverOptions } from './drivers/remote/remote-driver'
export { createSqliteDriver, type SqliteDriverOptions } from './drivers/sqlite/sqlite-driver'
export {
  createRouteEvent,
  type EventFilter,
  type EventRoutingConfig,
  eventRoutingConfigSchema,
  eventsConfigSchema,
  type RouteEvent,
} from './event-routing'
export { type Outage, outageOf } from './judge-failure'
export { LedgerDriver, type LedgerDriverOptions, withMessageLedger } from './ledger/ledger-driver'
export { createMeshTopology } from './mesh-topology'
export {
  type DeadLetterCause,
  type DeadLetterReason,
  deadLetterQueueOf,
  HEADER,
  isDeadLetterQueue,
  MESSAGE_PRIORITIES,
  type MessagePriority,
  type WireMessage,
  workQueueOf,
} from './message'
export {
  type ConsumeOptions,
  createMessageBus,
  type Destination,
  type MessageBus,
  type MessageBusOptions,
  type MessageState,
  type MessageStatus,
  type PublishOptions,
  type PublishReceipt,
  QUEUE_NAME,
  type Subscription,
} from './message-bus'
export type {
  ConsumerState,
  DrainReport,
  GivenUpMessage,
  GiveUpHandler,
  MessageContext,
  MessageHandler,
} from './message-consumer'
export { type OpenSharedDriverOptions, openSharedDriver } from './open-shared-driver'
export { type PublisherConfig, publisherOptionsOf } from './publisher-config'
export { PUBLISHER_PRESETS, type PublisherOptions, type PublisherPreset } from './publisher-presets'
export {
  type Binding,
  type ExchangeDefinition,
  matchesTopic,
  type QueueDefinition,
  routesOf,
  type Topology,
} from './topology'
export { fromFailedStep, fromWireJson, toFailedStep, toWireJson } from './wire-json'
