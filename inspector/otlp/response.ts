/** The encodings of OTLP/HTTP; a response has the one of its request. */
export const OTLP_MEDIA_TYPES = ['application/json', 'application/x-protobuf'] as const

export type OtlpMediaType = (typeof OTLP_MEDIA_TYPES)[number]

export interface PartialSuccess {
  readonly rejectedSpans: number
  readonly errorMessage: string
}

/** gRPC status codes, for whoever reads them; OTLP/HTTP clients act on the HTTP status alone. */
export const RPC_CODES = { invalidArgument: 3, unimplemented: 12, internal: 13 } as const

/** A `google.rpc.Status`, the body of every OTLP error. */
export interface RpcStatus {
  readonly code: number
  readonly message: string
}

/** An `ExportTraceServiceResponse`: empty when everything was kept. */
export function encodeTraceResponse(mediaType: OtlpMediaType, partial: PartialSuccess | undefined): Buffer {
  if (mediaType === 'application/x-protobuf') {
    return partial === undefined
      ? Buffer.alloc(0)
      : bytesField(
          1,
          Buffer.concat([
            varintField(1, partial.rejectedSpans),
            bytesField(2, Buffer.from(partial.errorMessage)),
          ]),
        )
  }
  // rejectedSpans is an int64, and proto3 JSON writes those as strings.
  const body =
    partial === undefined
      ? {}
      : {
          partialSuccess: {
            rejectedSpans: String(partial.rejectedSpans),
            errorMessage: partial.errorMessage,
          },
        }
  return Buffer.from(JSON.stringify(body))
}

export function encodeRpcStatus(mediaType: OtlpMediaType, { code, message }: RpcStatus): Buffer {
  return mediaType === 'application/x-protobuf'
    ? Buffer.concat([varintField(1, code), bytesField(2, Buffer.from(message))])
    : Buffer.from(JSON.stringify({ code, message }))
}

function varintField(field: number, value: number): Buffer {
  return Buffer.from([field << 3, ...varint(value)])
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...varint(bytes.length)]), bytes])
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return [...bytes, rest]
}
