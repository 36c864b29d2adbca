/**
 * Every span, attribute and metric name of the mesh, each with a one-line brief. `docs/telemetry.md` is
 * generated from this file. Semantic conventions come first; names of our own carry the prefix `mesh.`, but
 * for the few that the mesh's users look for (`user.input.length`, `intent.type` …).
 */

/** Root spans: the gateway's HTTP server span under another name, by method and path. */
export const ROOT_SPANS = {
  'POST /api/generate-query': 'api_gateway.generate_query_pipeline',
  'POST /api/chat': 'api_gateway.chat',
  'POST /api/feedback': 'api_gateway.submit_feedback',
  'GET /api/stats': 'api_gateway.get_stats',
} as const satisfies Record<string, string>

/** Spans that the services open themselves. */
export const SPANS = {
  CALL_QUERY_SERVICE: 'api_gateway.call_query_service',
  CALL_VALIDATION_SERVICE: 'api_gateway.call_validation_service',
  ENQUEUE_PROCESSING: 'api_gateway.enqueue_processing',
  ENQUEUE_CHAT_REQUEST: 'api_gateway.enqueue_chat_request',
  REGISTER_CHAT_REQUEST: 'api_gateway.register_chat_request',
  BEGIN_CHAT_ANSWER: 'api_gateway.begin_chat_answer',
  STORE_FEEDBACK: 'api_gateway.store_feedback',
  COLLECT_STATS: 'api_gateway.collect_stats',
  GENERATE_QUERY: 'query_service.generate_dataprime_query',
  CLASSIFY_INTENT: 'query_service.classify_intent',
  OPENAI_GENERATION: 'query_service.openai_generation',
  EMBEDDED_GENERATION: 'query_service.embedded_generation',
  VALIDATE_QUERY: 'validation_service.validate_dataprime_query',
  FORMAT_QUERY: 'validation_service.format_dataprime_query',
  SYNTAX_ANALYSIS: 'validation_service.syntax_analysis',
  ENHANCEMENT_SUGGESTIONS: 'validation_service.enhancement_suggestions',
  ENQUEUE_MESSAGE: 'queue_service.enqueue_message',
  ADD_CHAT_REQUEST: 'queue_service.add_chat_request',
  ANSWER_CHAT_REQUEST: 'queue_service.answer_chat_request',
  ADD_CHAT_RESPONSE: 'queue_service.add_chat_response',
  ADD_TO_QUEUE: 'queue_service.add_to_queue',
  PROCESS_BACKGROUND_MESSAGE: 'queue_service.process_background_message',
  PUBLISH_EVENTS: 'queue_service.publish_events',
  PROCESS_QUERY_DATA: 'processing_service.process_query_data',
  ANALYZE_COMPLEXITY: 'processing_service.analyze_complexity',
  GENERATE_INSIGHTS: 'processing_service.generate_insights',
  TRANSFORM_DATA: 'processing_service.transform_data',
  STORE_INSIGHTS: 'processing_service.store_insights',
  PUBLISH_PROCESSED: 'processing_service.publish_processed',
  STORE_PROCESSING_DATA: 'storage_service.store_processing_data',
  REGISTER_CHAT_TURN: 'storage_service.register_chat_turn',
  BEGIN_CHAT_TURN: 'storage_service.begin_chat_turn',
  STORE_CHAT_RESPONSE: 'storage_service.store_chat_response',
  STORE_FEEDBACK_ROW: 'storage_service.store_feedback',
  PUBLISH_OUTBOX: 'storage_service.publish_outbox',
  RECORD_EVENT: 'storage_service.record_event',
  AGGREGATE_EVENT: 'storage_service.aggregate_event',
} as const

export interface AttributeEntry {
  readonly name: string
  readonly brief: string
  /** Where the name comes from: a semantic convention or this project. */
  readonly origin: 'semconv' | 'mesh'
}

function semconv<const Name extends string>(name: Name, brief: string) {
  return { name, brief, origin: 'semconv' } as const satisfies AttributeEntry
}

function own<const Name extends string>(name: Name, brief: string) {
  return { name, brief, origin: 'mesh' } as const satisfies AttributeEntry
}

/**
 * Attributes of spans and of the resource. Unstable semantic conventions are copied here by name, as
 * OpenTelemetry advises, so that a package upgrade cannot rename what users query for.
 */
export const ATTRIBUTES = {
  // Resource
  SERVICE_NAME: semconv('service.name', 'Service that emitted the telemetry.'),
  SERVICE_VERSION: semconv('service.version', 'Version of the package.'),
  SERVICE_NAMESPACE: semconv('service.namespace', 'Always dataprime_mesh.'),
  SERVICE_INSTANCE_ID: semconv('service.instance.id', 'Random id of one process.'),
  DEPLOYMENT_ENVIRONMENT_NAME: semconv('deployment.environment.name', 'Where the mesh runs.'),
  CX_APPLICATION_NAME: own('cx.application.name', 'Coralogix application.'),
  CX_SUBSYSTEM_NAME: own('cx.subsystem.name', 'Coralogix subsystem.'),

  // Errors and HTTP
  ERROR_TYPE: semconv('error.type', 'Error code or exception class; present with every error status.'),
  HTTP_ROUTE: semconv('http.route', 'Matched route of a server span.'),

  PROBLEM_CODE: own('mesh.problem.code', 'Code of the problem a request was answered with.'),
  IDEMPOTENCY_REPLAYED: own(
    'mesh.idempotency.replayed',
    'Of a request with an Idempotency-Key: true when it got the answer of an earlier one.',
  ),

  // Database
  DB_SYSTEM_NAME: semconv('db.system.name', 'Always sqlite.'),
  DB_OPERATION_NAME: semconv('db.operation.name', 'SQL verb.'),
  DB_OPERATION_BATCH_SIZE: semconv('db.operation.batch.size', 'Statements committed in one transaction.'),
  DB_COLLECTION_NAME: semconv('db.collection.name', 'Table.'),
  DB_QUERY_SUMMARY: semconv('db.query.summary', 'Verb and table.'),
  DB_QUERY_TEXT: semconv('db.query.text', 'Statement with placeholders, never with values.'),
  DB_NAMESPACE: semconv('db.namespace', 'File name of the database.'),
  DATABASE_OPERATION: own('database.operation', 'SQL verb, under the name the mesh’s users look for.'),

  // Messaging
  MESSAGING_SYSTEM_NAME: semconv('messaging.system.name', 'sqlite, rabbitmq or memory.'),
  MESSAGING_SYSTEM: semconv('messaging.system', 'The same, for back ends that read only the older name.'),
  MESSAGING_OPERATION_NAME: semconv(
    'messaging.operation.name',
    'send, process, or what settles a delivery: ack, nack, release, dead_letter.',
  ),
  MESSAGING_OPERATION_TYPE: semconv('messaging.operation.type', 'send, process or settle.'),
  MESSAGING_DESTINATION_NAME: semconv('messaging.destination.name', 'Queue.'),
  MESSAGING_ROUTING_KEY: semconv(
    'messaging.rabbitmq.destination.routing_key',
    'Routing key of a message sent to an exchange, whatever the driver.',
  ),
  MESSAGING_BATCH_MESSAGE_COUNT: semconv('messaging.batch.message_count', 'Messages of one operation.'),
  MESSAGING_MESSAGE_ID: semconv('messaging.message.id', 'Id of the message.'),
  MESSAGING_MESSAGE_BODY_SIZE: semconv('messaging.message.body.size', 'Bytes of the body.'),
  MESSAGING_CONVERSATION_ID: semconv('messaging.message.conversation_id', 'Request the message belongs to.'),
  MESSAGE_ATTEMPT: own('mesh.message.attempt', 'Delivery of this message, 1 for the first.'),
  MESSAGE_REDELIVERED: own('mesh.message.redelivered', 'True when an earlier delivery was not finished.'),
  MESSAGE_REPLAYED_FROM: own(
    'mesh.message.replayed_from',
    'Dead-letter queue that an operator took this message back from.',
  ),
  MESSAGE_WAIT_MS: own('mesh.message.wait_ms', 'Milliseconds between enqueueing and this delivery.'),
  MESSAGE_DEAD_LETTERED: own('mesh.message.dead_lettered', 'True when this delivery was the last one.'),
  MESSAGE_RELEASED: own(
    'mesh.message.released',
    'True when nobody had tried it: given back, the attempt not counted.',
  ),
  CONSUMER_PAUSE_MS: own(
    'mesh.consumer.pause_ms',
    'How long the consumer pauses because this delivery found its callee away.',
  ),
  CONSUMER_PROBE: own(
    'mesh.consumer.probe',
    'True when this delivery is to find out whether the callee is there again.',
  ),
  MESSAGE_DUPLICATE: own('mesh.message.duplicate', 'True when the queue had this message before.'),
  MESSAGE_ID: own('message.id', 'Id of the message, under the name the mesh’s users look for.'),
  PATHWAY_HASH: own('mesh.pathway.hash', 'Checkpoint that a message passes, within all it passed before.'),
  PATHWAY_SERVICE: own('mesh.pathway.service', 'Service of a checkpoint.'),
  PATHWAY_DIRECTION: own('mesh.pathway.direction', 'out where a message is sent, in where it is received.'),
  QUEUE_STATE: own('mesh.queue.state', 'ready, or delayed until the time of the next attempt.'),
  QUEUE_SIZE: own('queue.size', 'Messages waiting when this one was added.'),

  // Domain events
  EVENT_TYPE: own('mesh.event.type', 'Type of the domain event, e.g. query.generated.'),
  EVENT_REJECTED_COUNT: own('mesh.event.rejected_count', 'Domain events of a batch that were not taken.'),
  EVENT_DUPLICATE: own('mesh.event.duplicate', 'True when this consumer had the event before.'),

  // Generative AI
  GEN_AI_OPERATION_NAME: semconv('gen_ai.operation.name', 'Always chat.'),
  GEN_AI_PROVIDER_NAME: semconv('gen_ai.provider.name', 'Provider of the model.'),
  GEN_AI_REQUEST_MODEL: semconv('gen_ai.request.model', 'Model asked for.'),
  GEN_AI_REQUEST_MAX_TOKENS: semconv('gen_ai.request.max_tokens', 'Most tokens the answer may have.'),
  GEN_AI_OUTPUT_TYPE: semconv('gen_ai.output.type', 'Always json.'),
  GEN_AI_RESPONSE_MODEL: semconv('gen_ai.response.model', 'Model that answered.'),
  GEN_AI_RESPONSE_ID: semconv('gen_ai.response.id', 'Id of the answer.'),
  GEN_AI_RESPONSE_FINISH_REASONS: semconv('gen_ai.response.finish_reasons', 'Why the model stopped.'),
  GEN_AI_USAGE_INPUT_TOKENS: semconv('gen_ai.usage.input_tokens', 'Tokens of the prompt.'),
  GEN_AI_USAGE_OUTPUT_TOKENS: semconv('gen_ai.usage.output_tokens', 'Tokens of the answer.'),
  GEN_AI_INPUT_MESSAGES: semconv('gen_ai.input.messages', 'Prompt; only when content capture is on.'),
  GEN_AI_OUTPUT_MESSAGES: semconv('gen_ai.output.messages', 'Answer; only when content capture is on.'),
  SERVER_ADDRESS: semconv('server.address', 'Host that was called.'),
  SERVER_PORT: semconv('server.port', 'Port that was called.'),
  OPENAI_TOKENS_USED: own('openai.tokens_used', 'Tokens of prompt and answer together.'),

  // Question and answer
  REQUEST_ID: own('mesh.request.id', 'Id of the request at the gateway.'),
  CONVERSATION_ID: own('mesh.conversation.id', 'Conversation the question belongs to.'),
  CHAT_STATUS: own('mesh.chat.status', 'How a chat request ended: answered or failed.'),
  CHAT_TURN_READY: own(
    'mesh.chat.turn_ready',
    'False when an earlier turn of the conversation was still to be answered.',
  ),
  USER_INPUT_LENGTH: own('user.input.length', 'Characters of the question.'),
  USER_INPUT_QUERY: own(
    'user.input.query',
    'First 100 characters of the question, unless content capture is off.',
  ),
  QUERY_GENERATED: own('query.generated', 'The generated query.'),
  GENERATION_ENGINE: own('mesh.generation.engine', 'embedded or openai.'),
  GENERATION_OUTCOME: own('mesh.generation.outcome', 'query, refused or clarify.'),
  GENERATION_ATTEMPTS: own('mesh.generation.attempts', 'Generations and repairs tried for this answer.'),
  GENERATION_FALLBACK: own(
    'mesh.generation.fallback',
    'True when the embedded engine stood in for the model.',
  ),
  INTENT_TYPE: own('intent.type', 'Intent of the question.'),
  INTENT_CONFIDENCE: own('intent.confidence', 'How sure the intent is, 0 to 1.'),
  VALIDATION_IS_VALID: own('validation.is_valid', 'False when the query has an error.'),
  VALIDATION_SCORE: own('validation.score', 'Syntax score, 0 to 1.'),
  VALIDATION_ERROR_COUNT: own('mesh.validation.error_count', 'Diagnostics of severity error.'),
  VALIDATION_WARNING_COUNT: own('mesh.validation.warning_count', 'Diagnostics of severity warning.'),
  VALIDATION_REPAIRED: own(
    'mesh.validation.repaired',
    'True when the generated query had an error and its repaired form took its place.',
  ),
  VALIDATION_EDIT_COUNT: own('mesh.validation.edit_count', 'Changes that repairing the query made.'),
  VALIDATION_SUGGESTION_COUNT: own('mesh.validation.suggestion_count', 'Suggestions made.'),
  COMPLEXITY_LEVEL: own('complexity.level', 'low, medium or high.'),
  COMPLEXITY_SCORE: own('mesh.complexity.score', 'Complexity, 0 to 1.'),
  INSIGHT_COUNT: own('mesh.insight.count', 'Insights found in the query.'),
  QUERY_FINGERPRINT: own('mesh.query.fingerprint', 'Hash of the query without its literals.'),
  PROCESSING_TIME_MS: own('processing.time_ms', 'Milliseconds of own work.'),
  STORED: own('mesh.storage.stored', 'False when the row was there already.'),
  FEEDBACK_RATING: own('mesh.feedback.rating', 'Rating given, 1 to 5.'),
} as const satisfies Record<string, AttributeEntry>

type Attributes = typeof ATTRIBUTES

/** Attribute names alone: `ATTR.INTENT_TYPE` is `'intent.type'`. */
export const ATTR = Object.fromEntries(Object.entries(ATTRIBUTES).map(([key, { name }]) => [key, name])) as {
  readonly [Key in keyof Attributes]: Attributes[Key]['name']
}

export interface MetricEntry {
  readonly name: string
  /** UCUM, as the conventions have it. */
  readonly unit: string
  readonly instrument: 'counter' | 'histogram' | 'gauge'
  readonly brief: string
  readonly origin: 'semconv' | 'mesh'
  /** Upper bounds of the buckets where they have to be explicit, as at `/metrics`. */
  readonly buckets?: readonly number[]
}

export type CounterEntry = MetricEntry & { readonly instrument: 'counter' }
export type HistogramEntry = MetricEntry & { readonly instrument: 'histogram' }
export type GaugeEntry = MetricEntry & { readonly instrument: 'gauge' }

/** From the messaging conventions, for calls that take milliseconds. */
const CALL_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** For ways through queues, which take from milliseconds to the hours of an outage. */
const WAY_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200]

const BYTES = [256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 65_536, 262_144, 1_048_576, 4_194_304]

/** Metrics that the mesh records itself; the instrumentations of HTTP and of the runtime add theirs. */
export const METRICS = {
  PATHWAY_LATENCY: {
    name: 'mesh.pathway.latency',
    unit: 's',
    instrument: 'histogram',
    brief: 'From the first checkpoint of a pathway to this one.',
    origin: 'mesh',
    buckets: WAY_SECONDS,
  },
  EDGE_LATENCY: {
    name: 'mesh.edge.latency',
    unit: 's',
    instrument: 'histogram',
    brief: 'From the checkpoint before to this one.',
    origin: 'mesh',
    buckets: WAY_SECONDS,
  },
  EDGE_PAYLOAD_SIZE: {
    name: 'mesh.edge.payload_size',
    unit: 'By',
    instrument: 'histogram',
    brief: 'Body of a message that passes a checkpoint.',
    origin: 'mesh',
    buckets: BYTES,
  },
  EDGE_MESSAGES: {
    name: 'mesh.edge.messages',
    unit: '{message}',
    instrument: 'counter',
    brief: 'Messages that passed a checkpoint, each once however often it was tried.',
    origin: 'mesh',
  },
  EDGE_CLOCK_SKEWS: {
    name: 'mesh.edge.clock_skews',
    unit: '{message}',
    instrument: 'counter',
    brief: 'Latencies below zero, taken for zero, because the clocks of two hosts differ.',
    origin: 'mesh',
  },
  QUEUE_DEPTH: {
    name: 'mesh.queue.depth',
    unit: '{message}',
    instrument: 'gauge',
    brief: 'Messages waiting in a queue, by state.',
    origin: 'mesh',
  },
  QUEUE_OLDEST_AGE: {
    name: 'mesh.queue.oldest_age',
    unit: 's',
    instrument: 'gauge',
    brief: 'Age of the oldest ready message; 0 when there is none.',
    origin: 'mesh',
  },
  QUEUE_IN_FLIGHT: {
    name: 'mesh.queue.in_flight',
    unit: '{message}',
    instrument: 'gauge',
    brief: 'Messages handed over and not settled.',
    origin: 'mesh',
  },
  QUEUE_DEAD_LETTERS: {
    name: 'mesh.queue.dead_letters',
    unit: '{message}',
    instrument: 'gauge',
    brief: 'Messages given up and kept.',
    origin: 'mesh',
  },
  MESSAGING_CLIENT_SENT_MESSAGES: {
    name: 'messaging.client.sent.messages',
    unit: '{message}',
    instrument: 'counter',
    brief: 'Messages that a producer tried to send.',
    origin: 'semconv',
  },
  MESSAGING_CLIENT_CONSUMED_MESSAGES: {
    name: 'messaging.client.consumed.messages',
    unit: '{message}',
    instrument: 'counter',
    brief: 'Deliveries to a consumer, further attempts included.',
    origin: 'semconv',
  },
  MESSAGING_CLIENT_OPERATION_DURATION: {
    name: 'messaging.client.operation.duration',
    unit: 's',
    instrument: 'histogram',
    brief: 'Sending a message, or settling a delivery, until the broker has confirmed it.',
    origin: 'semconv',
    buckets: CALL_SECONDS,
  },
  MESSAGING_PROCESS_DURATION: {
    name: 'messaging.process.duration',
    unit: 's',
    instrument: 'histogram',
    brief: 'Handling one delivery.',
    origin: 'semconv',
    buckets: CALL_SECONDS,
  },
} as const satisfies Record<string, MetricEntry>
