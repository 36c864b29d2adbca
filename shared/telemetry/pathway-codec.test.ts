import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { decodePathway, encodePathway, type Pathway, readPathway } from './pathway-codec'

const NOW = Date.parse('2026-03-12T10:20:00Z')
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const time = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
const hash = fc
  .array(fc.integer({ min: 0, max: 15 }), { minLength: 16, maxLength: 16 })
  .map((digits) => digits.map((digit) => digit.toString(16)).join(''))
  .filter((text) => /[^0]/.test(text))
const pathway: fc.Arbitrary<Pathway> = fc.record(
  { hash, originMs: time, edgeStartMs: time },
  { noNullPrototype: true },
)

function aPathway(fields: Partial<Pathway> = {}): Pathway {
  return { hash: '0123456789abcdef', originMs: NOW - 1_500, edgeStartMs: NOW - 20, ...fields }
}

describe('a pathway in a header', () => {
  test('is written as documented: 8 bytes and two varints in base64url', () => {
    assert.equal(encodePathway(aPathway()), 'ASNFZ4mrze-k1b2MzjPs4L2MzjM')
    assert.equal(
      encodePathway({ hash: 'ffffffffffffffff', originMs: 0, edgeStartMs: 128 }),
      '__________8AgAE',
    )
    assert.equal(
      Buffer.from('ASNFZ4mrze-k1b2MzjPs4L2MzjM', 'base64url').toString('hex'),
      '0123456789abcdef' + 'a4d5bd8cce33' + 'ece0bd8cce33',
    )
  })

  test('comes back as it was, whatever its times', () => {
    fc.assert(fc.property(pathway, (given) => assert.deepEqual(decodePathway(encodePathway(given)), given)))
  })

  test('has characters that every header may have, 32 at most', () => {
    fc.assert(fc.property(pathway, (given) => assert.match(encodePathway(given), /^[\w-]{14,32}$/)))
  })
})

describe('what nobody of the mesh has written', () => {
  test('is no pathway and never an error', () => {
    const nonsense = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.anything(),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    )
    fc.assert(
      fc.property(nonsense, (given) => {
        const decoded = decodePathway(given)
        if (decoded !== undefined) assert.deepEqual(decodePathway(encodePathway(decoded)), decoded)
      }),
      { numRuns: 2_000 },
    )
  })

  for (const [what, text] of [
    ['nothing', ''],
    ['a value that came twice', 'ASNFZ4mrze-k1b2MzjPs4L2MzjM, ASNFZ4mrze-k1b2MzjPs4L2MzjM'],
    ['one that was cut off', 'ASNFZ4mrze-k1b2MzjPs4L2M'],
    ['one with something after it', 'ASNFZ4mrze-k1b2MzjPs4L2MzjMA'],
    ['the hash of nothing', encodePathway(aPathway({ hash: '0000000000000000' }))],
    ['a number that never ends', Buffer.alloc(24, 0xff).toString('base64url')],
    ['a traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ] as const) {
    test(`${what} is none`, () => {
      assert.equal(decodePathway(text), undefined)
    })
  }

  test('a value that came in a list is none', () => {
    assert.equal(decodePathway([encodePathway(aPathway())]), undefined)
  })
})

describe('times that are read', () => {
  const read = (fields: Partial<Pathway>) => readPathway(encodePathway(aPathway(fields)), NOW)

  test('are kept when a message has waited for a week or a clock is an hour ahead', () => {
    const believed = { originMs: NOW - 7 * DAY_MS, edgeStartMs: NOW + HOUR_MS }

    assert.deepEqual(read(believed), aPathway(believed))
  })

  test('are now when they are further from it than any message waits and any clock is wrong', () => {
    for (const absurd of [0, NOW - 31 * DAY_MS, NOW + 2 * DAY_MS, Number.MAX_SAFE_INTEGER]) {
      assert.deepEqual(read({ originMs: absurd }), aPathway({ originMs: NOW }))
      assert.deepEqual(read({ edgeStartMs: absurd }), aPathway({ edgeStartMs: NOW }))
    }
  })

  test('are not looked for in nonsense', () => {
    assert.equal(readPathway('nonsense', NOW), undefined)
  })
})
