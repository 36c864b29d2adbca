/** Fields that every record of a dataset has. What else `$d` holds is up to whoever sends it. */
import type { Namespace } from '../tree/ast'

export type FieldType = 'string' | 'number' | 'timestamp' | 'severity' | 'object' | 'array'

/** What a number that stands for a time or a length of time counts, as functions of time take it. */
export type FieldUnit = 'milli' | 'micro' | 'nano'

export interface Field {
  readonly namespace: Namespace
  readonly name: string
  readonly type: FieldType
  readonly summary: string
  /** All values it can have, where they are few. */
  readonly values?: readonly string[]
  readonly unit?: FieldUnit
}

export type KnownDataset = 'logs' | 'spans'

function metadata(name: string, type: FieldType, summary: string): Field {
  return { namespace: '$m', name, type, summary }
}

/** A count of units of time. */
function counted(name: string, unit: FieldUnit, summary: string): Field {
  return { ...metadata(name, 'number', summary), unit }
}

function label(name: string, summary: string): Field {
  return { namespace: '$l', name, type: 'string', summary }
}

function data(name: string, type: FieldType, summary: string): Field {
  return { namespace: '$d', name, type, summary }
}

/** Label names of logs are in lower case, those of spans in camel case. */
export const FIELDS: Readonly<Record<KnownDataset, readonly Field[]>> = {
  logs: [
    metadata('timestamp', 'timestamp', 'When the event happened.'),
    metadata('severity', 'severity', 'How severe it is.'),
    metadata('logid', 'string', 'The id of the record.'),
    metadata('templateid', 'string', 'The id of the pattern the message follows.'),
    metadata('branchid', 'string', 'The id of the branch of the pattern.'),
    {
      ...metadata('priorityclass', 'string', 'The class of storage: high, medium or low.'),
      values: ['high', 'medium', 'low'],
    },
    metadata('ingressTimestamp', 'timestamp', 'When the record was received.'),
    counted('timestampMicros', 'micro', 'When the event happened, in microseconds.'),
    counted('processingOutputTimestampMicros', 'micro', 'When processing was done, in microseconds.'),
    counted('processingOutputTimestampNanos', 'nano', 'When processing was done, in nanoseconds.'),
    label('applicationname', 'The application.'),
    label('subsystemname', 'The part of the application.'),
    label('category', 'The category.'),
    label('classname', 'The class that logged.'),
    label('computername', 'The machine.'),
    label('methodname', 'The method that logged.'),
    label('threadid', 'The thread that logged.'),
    label('ipaddress', 'The address of the sender.'),
  ],
  spans: [
    metadata('timestamp', 'timestamp', 'When the span began.'),
    counted('duration', 'micro', 'How long it took, in microseconds.'),
    metadata('endTime', 'number', 'When the span ended.'),
    counted('timestampMillis', 'milli', 'When the span began, in milliseconds.'),
    metadata('cxEventId', 'string', 'The id of the record.'),
    label('applicationName', 'The application.'),
    label('subsystemName', 'The part of the application.'),
    label('serviceName', 'The service.'),
    label('operationName', 'The operation.'),
    data('traceID', 'string', 'The id of the trace.'),
    data('spanID', 'string', 'The id of the span.'),
    data('parentSpanID', 'string', 'The id of the span it belongs to.'),
    data('parentId', 'string', 'The same under another name.'),
    data('duration', 'number', 'How long it took.'),
    data('operationName', 'string', 'The operation.'),
    data('tags', 'object', 'What the code says of the span; the values are of any type.'),
    data('logs', 'array', 'Events within the span.'),
    data('process', 'object', 'What the span was recorded in.'),
  ],
}

/** Fields within one of the objects of `FIELDS`, each with all its keys. */
const NESTED_FIELDS: Readonly<Record<KnownDataset, readonly FieldWithPath[]>> = {
  logs: [],
  spans: [
    nested(['process', 'serviceName'], 'string', 'The service.'),
    nested(['process', 'tags'], 'object', 'What is said of the process; the values are of any type.'),
  ],
}

/** A field with the keys that lead to it. */
export interface FieldWithPath extends Omit<Field, 'name'> {
  readonly path: readonly string[]
}

function nested(path: readonly string[], type: FieldType, summary: string): FieldWithPath {
  return { namespace: '$d', path, type, summary }
}

/** All fields of a dataset, each after the object it lies in. */
export const FIELDS_WITH_PATHS: Readonly<Record<KnownDataset, readonly FieldWithPath[]>> = {
  logs: withPaths('logs'),
  spans: withPaths('spans'),
}

function withPaths(dataset: KnownDataset): readonly FieldWithPath[] {
  const outermost = FIELDS[dataset].map(({ name, ...field }) => ({ ...field, path: [name] }))
  return [...outermost, ...NESTED_FIELDS[dataset]]
}

const UNITS: ReadonlyMap<string, FieldUnit> = new Map(
  [...FIELDS.logs, ...FIELDS.spans].flatMap(({ namespace, name, unit }) =>
    unit === undefined ? [] : [[`${namespace}.${name}`, unit] as const],
  ),
)

/** What a field counts, when it counts time. The datasets give no name to two of them. */
export function unitOfField(namespace: Namespace, name: string): FieldUnit | undefined {
  return UNITS.get(`${namespace}.${name}`)
}

/** The known dataset a source reads, or undefined for any other. `default/` and `frequentsearch/` do not change the fields. */
export function knownDataset(dataspace: string | null, name: string): KnownDataset | undefined {
  const standard = dataspace === null || dataspace === 'default' || dataspace === 'frequentsearch'
  return standard && (name === 'logs' || name === 'spans') ? name : undefined
}
