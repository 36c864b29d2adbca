import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { decodeTraces } from './decode-traces'
import { readProtobufTraces } from './protobuf-traces'
import { MalformedFieldError } from './wire-fields'

/** One span with a value of every kind, an event and a link, as OpenTelemetry's own exporter wrote it. */
const EXPORTED = Buffer.from(
  'CpkDCiMKHwoMc2VydmljZS5uYW1lEg8KDXF1ZXVlX3NlcnZpY2UQABLxAgoXCg5kYXRhcHJpbWUtbWVzaBIFMC4xLjAS1QIKEEv5LzV3' +
    's02mo86SnQ4ORzYSCADwZ6oLqQK3GgZtZXNoPTEiCLeta3FpIDMxKgxhZGRfdG9fcXVldWUwBDkAN7/7zvGJGEEhQt/7zvGJGEoTCgR0' +
    'ZXh0EgsKCWTDqWrDoCB2dUoLCgV3aG9sZRICGAVKFwoIbmVnYXRpdmUSCxj5//////////8BShUKCGZyYWN0aW9uEgkhAAAAAAAA+D9K' +
    'CQoDeWVzEgIQAUoTCgRsaXN0EgsqCQoDCgFhCgIYAkoOCgVieXRlcxIFOgMBAv9QAFozCUBEwvvO8YkYEglleGNlcHRpb24aGwoRZXhj' +
    'ZXB0aW9uLm1lc3NhZ2USBgoEYm9vbSAAYABqNgoQS/kvNXezTaajzpKdDg5HNhIIt61rcWkgMzEiEQoGcmVhc29uEgcKBXJldHJ5KAA1' +
    'AQEAAHAAeggSBGJvb20YAoUBAQMAAA==',
  'base64',
)

describe('reading OTLP in its binary encoding', () => {
  test('every field of an exported span is read', () => {
    const { spans, rejected } = decodeTraces(readProtobufTraces(EXPORTED))

    const resource = { serviceName: 'queue_service', attributes: { 'service.name': 'queue_service' } }
    assert.deepEqual(rejected, [])
    assert.deepEqual(spans, [
      {
        traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
        spanId: '00f067aa0ba902b7',
        parentSpanId: 'b7ad6b7169203331',
        traceState: 'mesh=1',
        name: 'add_to_queue',
        kind: 'producer',
        startNano: 1_768_210_200_008_800_000n,
        endNano: 1_768_210_200_010_900_001n,
        attributes: {
          text: 'déjà vu',
          whole: 5,
          negative: -7,
          fraction: 1.5,
          yes: true,
          list: ['a', 2],
          bytes: 'AQL/',
        },
        events: [
          {
            name: 'exception',
            timeNano: 1_768_210_200_009_000_000n,
            attributes: { 'exception.message': 'boom' },
          },
        ],
        links: [
          {
            traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
            spanId: 'b7ad6b7169203331',
            attributes: { reason: 'retry' },
          },
        ],
        status: { code: 'error', message: 'boom' },
        resource,
        scope: { name: 'dataprime-mesh', version: '0.1.0' },
      },
    ])
  })

  test('an empty body is an empty request', () => {
    assert.deepEqual(decodeTraces(readProtobufTraces(Buffer.alloc(0))), { spans: [], rejected: [] })
  })

  test('a body that ends too early is refused', () => {
    assert.throws(() => readProtobufTraces(EXPORTED.subarray(0, 200)), /ends too early/)
  })

  test('a field without end is refused', () => {
    assert.throws(() => readProtobufTraces(Buffer.alloc(64, 0xff)), MalformedFieldError)
  })

  test('fields of every wire type that nobody knows are passed over', () => {
    const unknown = Buffer.from([
      0x78, 0x01, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 0x01, 0x00, 0x7d, 1, 2, 3, 4,
    ])

    const { spans } = decodeTraces(readProtobufTraces(Buffer.concat([unknown, EXPORTED])))

    assert.equal(spans.length, 1)
  })

  test('no bytes at all do worse than being refused', () => {
    const flipped = fc
      .tuple(fc.nat(EXPORTED.length - 1), fc.nat(255))
      .map(([at, byte]) =>
        Buffer.concat([EXPORTED.subarray(0, at), Buffer.from([byte]), EXPORTED.subarray(at + 1)]),
      )
    const anything = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))

    fc.assert(
      fc.property(fc.oneof(flipped, anything), (body) => {
        try {
          decodeTraces(readProtobufTraces(body))
        } catch (error) {
          assert.ok(error instanceof MalformedFieldError)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
