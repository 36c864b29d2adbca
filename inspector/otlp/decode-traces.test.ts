import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aSpan, meshTrace } from '../testing/trace-sample'
import { toWireRequest, toWireSpan } from '../testing/wire-request'
import { decodeTraces } from './decode-traces'
import { MalformedFieldError } from './wire-fields'

const ID = '4bf92f3577b34da6a3ce929d0e0e4736'

function decodeOne(fields: Record<string, unknown>) {
  const span = { ...toWireSpan(aSpan({ id: 'a', from: 1, to: 2 })), ...fields }
  return decodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
}

function decodeAttribute(value: unknown) {
  const { spans, rejected } = decodeOne({ attributes: [{ key: 'key', value }] })
  return { value: spans[0]?.attributes.key, reason: rejected[0]?.reason }
}

describe('decoding OTLP traces', () => {
  test('a whole trace comes out as it was', () => {
    const spans = meshTrace()

    const decoded = decodeTraces(toWireRequest(spans))

    const byId = (one: { spanId: string }, other: { spanId: string }) => (one.spanId < other.spanId ? -1 : 1)
    assert.deepEqual([...decoded.spans].sort(byId), spans.sort(byId))
    assert.deepEqual(decoded.rejected, [])
  })

  test('a request without spans is empty, whatever is missing in it', () => {
    for (const body of [
      {},
      { resourceSpans: null },
      { resourceSpans: [] },
      { resourceSpans: [{}] },
      { resourceSpans: [{ resource: null, scopeSpans: [{ scope: {}, spans: [] }] }], unknown: 1 },
    ]) {
      assert.deepEqual(decodeTraces(body), { spans: [], rejected: [] })
    }
  })

  test('what is not an envelope is refused as a whole', () => {
    for (const body of [null, 1, 'text', [], { resourceSpans: {} }, { resourceSpans: [1] }]) {
      assert.throws(() => decodeTraces(body), MalformedFieldError)
    }
    assert.throws(() => decodeTraces({ resourceSpans: [{ scopeSpans: 'x' }] }), /scopeSpans is not an array/)
  })

  test('a resource without a name is an unknown service', () => {
    assert.equal(decodeOne({}).spans[0]?.resource.serviceName, 'unknown_service')
  })

  const kept: [string, Record<string, unknown>, object][] = [
    [
      'ids in upper case',
      { traceId: ID.toUpperCase(), spanId: 'ABCDEF0123456789' },
      { traceId: ID, spanId: 'abcdef0123456789' },
    ],
    ['a time as a number', { startTimeUnixNano: 1_000_000 }, { startNano: 1_000_000n }],
    [
      'a time as a string',
      { endTimeUnixNano: '1768210200000000001' },
      { endNano: 1_768_210_200_000_000_001n },
    ],
    ['a kind from the future', { kind: 99 }, { kind: 'unspecified' }],
    ['no kind', { kind: undefined }, { kind: 'unspecified' }],
    ['no name', { name: null }, { name: '' }],
    ['no status', { status: undefined }, { status: { code: 'unset' } }],
    [
      'an error status',
      { status: { code: 2, message: 'boom' } },
      { status: { code: 'error', message: 'boom' } },
    ],
    ['an unknown field', { somethingNew: { deep: [1] } }, { name: 'work' }],
    ['a link to no span', { links: [{ traceId: '', attributes: [] }] }, { links: [{ attributes: {} }] }],
  ]
  for (const [what, fields, expected] of kept) {
    test(`${what} is accepted`, () => {
      const [span] = decodeOne(fields).spans

      assert.ok(span !== undefined)
      assert.deepEqual({ ...span, ...expected }, span)
    })
  }

  test('an empty or all-zero parent makes a root', () => {
    for (const parentSpanId of ['', null, '0000000000000000']) {
      assert.equal(decodeOne({ parentSpanId }).spans[0]?.parentSpanId, undefined)
    }
  })

  const refused: [string, Record<string, unknown>, RegExp][] = [
    ['a short trace id', { traceId: 'abc' }, /^traceId is not 32 hex digits/],
    ['a base64 trace id', { traceId: 'S/kvNXezTaajzpKdDg5HNg==' }, /^traceId is not 32 hex digits .*base64/],
    ['an all-zero trace id', { traceId: '0'.repeat(32) }, /^traceId is missing or all zeros/],
    ['no span id', { spanId: undefined }, /^spanId is missing/],
    ['a span id that is a number', { spanId: 12 }, /^spanId is not a string/],
    ['a long parent id', { parentSpanId: ID }, /^parentSpanId is not 16 hex digits/],
    ['no start', { startTimeUnixNano: undefined }, /^startTimeUnixNano is missing/],
    ['a zero end', { endTimeUnixNano: '0' }, /^endTimeUnixNano is missing/],
    ['a negative time', { startTimeUnixNano: -5 }, /^startTimeUnixNano is not a whole number of nanoseconds/],
    ['a fractional time', { startTimeUnixNano: 1.5 }, /^startTimeUnixNano is not/],
    ['a time beyond 64 bits', { startTimeUnixNano: '99999999999999999999' }, /^startTimeUnixNano is not/],
    ['an ISO time', { startTimeUnixNano: '2026-01-12T09:30:00Z' }, /^startTimeUnixNano is not/],
    ['a kind by name', { kind: 'SPAN_KIND_SERVER' }, /^kind is not a whole number/],
    ['a name that is an object', { name: {} }, /^name is not a string/],
    ['attributes as an object', { attributes: { a: 1 } }, /^attributes is not an array/],
    ['an attribute without a pair', { attributes: ['a'] }, /^an attribute is not an object/],
    ['a key that is a number', { attributes: [{ key: 1 }] }, /^the key of an attribute is not a string/],
    ['an event without a time', { events: [{ name: 'x' }] }, /^timeUnixNano of an event is missing/],
    ['a link with a bad id', { links: [{ traceId: 'x' }] }, /^traceId of a link is not/],
    ['a status that is text', { status: 'ERROR' }, /^status is not an object/],
  ]
  for (const [what, fields, reason] of refused) {
    test(`${what} gets the span rejected`, () => {
      const { spans, rejected } = decodeOne(fields)

      assert.deepEqual(spans, [])
      assert.equal(rejected[0]?.path, 'resourceSpans[0].scopeSpans[0].spans[0]')
      assert.match(rejected[0]?.reason ?? '', reason)
    })
  }

  test('a span that is null or text is rejected', () => {
    const { rejected } = decodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [null, 'span', 7, []] }] }] })

    assert.equal(rejected.length, 4)
  })

  test('a malformed span takes no other with it', () => {
    const good = toWireSpan(aSpan({ id: 'a', from: 1, to: 2 }))
    const spans = [good, { ...good, spanId: 'nope' }, { ...good, spanId: '00000000000000ff' }]

    const decoded = decodeTraces({ resourceSpans: [{ scopeSpans: [{ spans }] }] })

    assert.deepEqual(
      decoded.spans.map(({ spanId }) => spanId),
      ['000000000000000a', '00000000000000ff'],
    )
    assert.equal(decoded.rejected[0]?.path, 'resourceSpans[0].scopeSpans[0].spans[1]')
  })

  test('a malformed resource takes its own spans with it', () => {
    const span = toWireSpan(aSpan({ id: 'a', from: 1, to: 2 }))
    const scopeSpans = [{ spans: [span, span] }]

    const decoded = decodeTraces({
      resourceSpans: [{ resource: { attributes: 'x' }, scopeSpans }, { scopeSpans }],
    })

    assert.equal(decoded.spans.length, 2)
    assert.equal(decoded.rejected.length, 2)
    assert.match(decoded.rejected[0]?.reason ?? '', /attributes of the resource is not an array/)
  })
})

describe('decoding attribute values', () => {
  const values: [string, unknown, unknown][] = [
    ['text', { stringValue: 'a' }, 'a'],
    ['empty text', { stringValue: '' }, ''],
    ['a number', { intValue: 5 }, 5],
    ['an integer as text', { intValue: '-42' }, -42],
    ['an integer beyond 2^53', { intValue: '9223372036854775807' }, '9223372036854775807'],
    ['a double', { doubleValue: 1.5 }, 1.5],
    ['a double as text', { doubleValue: '2.5' }, 2.5],
    ['not a number', { doubleValue: 'NaN' }, 'NaN'],
    ['false', { boolValue: false }, false],
    ['bytes', { bytesValue: 'AQL/' }, 'AQL/'],
    ['a list', { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '2' }] } }, ['a', 2]],
    ['an empty list', { arrayValue: {} }, []],
    [
      'a map',
      { kvlistValue: { values: [{ key: 'a', value: { arrayValue: { values: [{}] } } }] } },
      { a: [null] },
    ],
    ['an empty value', {}, null],
    ['no value', undefined, null],
    ['a value of a kind from the future', { colourValue: 'red' }, null],
  ]
  for (const [what, value, expected] of values) {
    test(`${what} is read`, () => {
      assert.deepEqual(decodeAttribute(value), { value: expected, reason: undefined })
    })
  }

  const malformed: [string, unknown, RegExp][] = [
    ['text that is a number', { stringValue: 5 }, /^key is not a string/],
    ['an integer with a fraction', { intValue: 1.5 }, /^key is not a whole number/],
    ['an integer in words', { intValue: 'five' }, /^key is not a whole number/],
    ['a double in words', { doubleValue: 'much' }, /^key is not a number/],
    ['a boolean in words', { boolValue: 'true' }, /^key is not true or false/],
    ['a list that is an object', { arrayValue: { values: {} } }, /^key is not an array/],
    ['a bare value', 'text', /^key is not an object/],
  ]
  for (const [what, value, reason] of malformed) {
    test(`${what} gets the span rejected`, () => {
      assert.match(decodeAttribute(value).reason ?? '', reason)
    })
  }

  test('nesting beyond any use is rejected', () => {
    let value: unknown = { stringValue: 'core' }
    for (let depth = 0; depth < 10_000; depth += 1) value = { arrayValue: { values: [value] } }

    assert.match(decodeAttribute(value).reason ?? '', /^key is nested too deeply/)
  })

  test('the last of equal keys stands, and __proto__ is a key like any other', () => {
    const pair = (key: string, stringValue: string) => ({ key, value: { stringValue } })

    const [span] = decodeOne({ attributes: [pair('a', '1'), pair('a', '2'), pair('__proto__', 'x')] }).spans

    assert.deepEqual(Object.entries(span?.attributes ?? {}), [
      ['a', '2'],
      ['__proto__', 'x'],
    ])
  })
})
