import { MalformedFieldError } from './wire-fields'

/** How a field's value is laid out (the low three bits of its tag). */
export const WIRE_TYPE = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const

const VARINT_BYTES_MAX = 10
const LENGTH_BYTES_MAX = 5

/**
 * Reads the protobuf binary encoding, front to back. Only what it is made of: which fields there are is
 * said by a message's shape (`protobuf-message.ts`).
 *
 * Every method throws MalformedFieldError where the bytes end too early or cannot be protobuf.
 */
export class ProtobufReader {
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length
  }

  tag(): { readonly field: number; readonly wireType: number } {
    const tag = this.#length()
    return { field: Math.floor(tag / 8), wireType: tag % 8 }
  }

  /** An unsigned 64-bit number; more bits than that are cut off, as the encoding demands. */
  varint(): bigint {
    let value = 0n
    for (let index = 0; index < VARINT_BYTES_MAX; index += 1) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << BigInt(7 * index)
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new MalformedFieldError('a varint is longer than 10 bytes')
  }

  fixed64(): bigint {
    return this.#take(8).readBigUInt64LE()
  }

  double(): number {
    return this.#take(8).readDoubleLE()
  }

  /** A view on the bytes of a string, a byte array or an embedded message. */
  lengthDelimited(): Buffer {
    return this.#take(this.#length())
  }

  /** Passes over a field that is not known. */
  skip(wireType: number): void {
    if (wireType === WIRE_TYPE.varint) this.varint()
    else if (wireType === WIRE_TYPE.fixed64) this.#take(8)
    else if (wireType === WIRE_TYPE.lengthDelimited) this.lengthDelimited()
    else if (wireType === WIRE_TYPE.fixed32) this.#take(4)
    else throw new MalformedFieldError(`wire type ${wireType} is not in use`)
  }

  /** A varint that is small in any honest message; plain numbers are ten times as fast as bigints here. */
  #length(): number {
    let value = 0
    for (let index = 0; index < LENGTH_BYTES_MAX; index += 1) {
      const byte = this.#byte()
      value += (byte & 0x7f) * 2 ** (7 * index)
      if (byte < 0x80) return value
    }
    throw new MalformedFieldError('a tag or length is longer than 5 bytes')
  }

  #byte(): number {
    const byte = this.#bytes[this.#position]
    if (byte === undefined) throw new MalformedFieldError('the protobuf message ends too early')
    this.#position += 1
    return byte
  }

  #take(length: number): Buffer {
    const end = this.#position + length
    if (end > this.#bytes.length) throw new MalformedFieldError('the protobuf message ends too early')
    const taken = this.#bytes.subarray(this.#position, end)
    this.#position = end
    return taken
  }
}
