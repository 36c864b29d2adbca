import { ProtobufReader, WIRE_TYPE } from './protobuf-reader'
import { MalformedFieldError } from './wire-fields'

/** What a field holds, and thereby what it becomes: the value that the JSON encoding has in its place. */
export type FieldType =
  | 'string'
  | 'hex'
  | 'base64'
  | 'bool'
  | 'enum'
  | 'int64'
  | 'fixed64'
  | 'double'
  | (() => MessageShape)

/** Field number to name and type; `many` for a repeated field. */
export type MessageShape = Readonly<
  Record<number, { readonly name: string; readonly type: FieldType; readonly many?: true }>
>

const NESTING_DEPTH_MAX = 100

const WIRE_TYPE_OF = {
  string: WIRE_TYPE.lengthDelimited,
  hex: WIRE_TYPE.lengthDelimited,
  base64: WIRE_TYPE.lengthDelimited,
  bool: WIRE_TYPE.varint,
  enum: WIRE_TYPE.varint,
  int64: WIRE_TYPE.varint,
  fixed64: WIRE_TYPE.fixed64,
  double: WIRE_TYPE.fixed64,
} as const

/**
 * A protobuf message as the object its JSON encoding would parse to, but for 64-bit numbers, which are
 * bigints. Fields that the shape does not know, or that come in another wire type, are passed over.
 *
 * @throws MalformedFieldError when the bytes are not protobuf
 */
export function readMessage(bytes: Buffer, shape: MessageShape, depth = 0): Record<string, unknown> {
  if (depth > NESTING_DEPTH_MAX) throw new MalformedFieldError('the message is nested too deeply')
  const reader = new ProtobufReader(bytes)
  const message: Record<string, unknown> = {}
  while (!reader.isAtEnd) {
    const { field, wireType } = reader.tag()
    const known = shape[field]
    if (known === undefined || wireType !== wireTypeOf(known.type)) {
      reader.skip(wireType)
      continue
    }
    const value = readField(reader, known.type, depth)
    if (known.many) append(message, known.name, value)
    else message[known.name] = value
  }
  return message
}

function wireTypeOf(type: FieldType): number {
  return typeof type === 'function' ? WIRE_TYPE.lengthDelimited : WIRE_TYPE_OF[type]
}

function readField(reader: ProtobufReader, type: FieldType, depth: number): unknown {
  if (typeof type === 'function') return readMessage(reader.lengthDelimited(), type(), depth + 1)
  switch (type) {
    case 'string':
      return reader.lengthDelimited().toString('utf8')
    case 'hex':
      return reader.lengthDelimited().toString('hex')
    case 'base64':
      return reader.lengthDelimited().toString('base64')
    case 'bool':
      return reader.varint() !== 0n
    case 'enum':
      return Number(BigInt.asIntN(32, reader.varint()))
    case 'int64':
      return BigInt.asIntN(64, reader.varint())
    case 'fixed64':
      return reader.fixed64()
    case 'double':
      return reader.double()
  }
}

function append(message: Record<string, unknown>, name: string, value: unknown): void {
  const list = message[name]
  if (Array.isArray(list)) list.push(value)
  else message[name] = [value]
}
