import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { splitWords } from './split-words'
import { stem } from './stem'
import { TOKENS_MAX, tokenise } from './tokenise'

function show(text: string): string[] {
  return tokenise(text).map(({ kind, text: written }) => `${kind} ${written}`)
}

describe('tokens', () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ["don't panic", ["word don't", 'word panic']],
    ["checkout's errors", ['word checkout', 'word errors']],
    ['last 25m, 3.5 MB', ['word last', 'quantity 25m', 'symbol ,', 'number 3.5', 'word MB']],
    ['1,200 or 12k', ['number 1,200', 'word or', 'quantity 12k']],
    ['$50 and 95%', ['quantity $50', 'word and', 'quantity 95%']],
    ['the 99.9th and 75th', ['word the', 'ordinal 99.9th', 'word and', 'ordinal 75th']],
    [
      '07:10-07:25 or 9-10am',
      ['clock 07:10', 'symbol -', 'clock 07:25', 'word or', 'number 9', 'symbol -', 'clock 10am'],
    ],
    ['on 2025-03-01T10:00:00Z.', ['word on', 'date 2025-03-01T10:00:00Z', 'symbol .']],
    [
      '5xx from 10.0.0.5 in 172.16.0.0/12',
      ['statusClass 5xx', 'word from', 'address 10.0.0.5', 'word in', 'subnet 172.16.0.0/12'],
    ],
    ['2.14.0 and 3.0.0-rc1', ['version 2.14.0', 'word and', 'version 3.0.0-rc1']],
    ['/api/v1/orders?', ['path /api/v1/orders', 'symbol ?']],
    [
      'matching /user \\d+ \\/home/, /api',
      ['word matching', 'pattern /user \\d+ \\/home/', 'symbol ,', 'path /api'],
    ],
    ['db-(primary|replica)-N, web-*', ['pattern db-(primary|replica)-N', 'symbol ,', 'pattern web-*']],
    [
      'order_placed us-east-1 grpc.Charge 9f8e-22',
      ['identifier order_placed', 'identifier us-east-1', 'identifier grpc.Charge', 'identifier 9f8e-22'],
    ],
    ['say "a | b" and `c_d`', ['word say', 'quoted a | b', 'word and', 'backticked c_d']],
    ["'quoted' and users' own", ['quoted quoted', 'word and', 'word users', 'word own']],
    [
      'status>=500 service:payments a=b',
      [
        'word status',
        'symbol >=',
        'number 500',
        'word service',
        'symbol :',
        'word payments',
        'word a',
        'symbol =',
        'word b',
      ],
    ],
    ['US,GB and CA', ['word US', 'symbol ,', 'word GB', 'word and', 'word CA']],
    ['(see above)', ['symbol (', 'word see', 'word above', 'symbol )']],
    ['an unclosed "quote', ['word an', 'word unclosed', 'identifier "quote']],
  ]
  for (const [text, tokens] of table) it(text, () => assert.deepEqual(show(text), tokens))

  it('keep their places in the text', () => {
    const text = '  errors "in it"  5m'

    assert.deepEqual(
      tokenise(text).map(({ start, end }) => text.slice(start, end)),
      ['errors', '"in it"', '5m'],
    )
  })

  it('end at a limit', () => assert.equal(tokenise('a '.repeat(TOKENS_MAX + 50)).length, TOKENS_MAX))
})

describe('words inside names', () => {
  const table: readonly (readonly [string, string])[] = [
    ['order_placed', 'order placed'],
    ['NullPointerException', 'null pointer exception'],
    ['http.status_code', 'http status code'],
    ['k8s.pod.name', 'k8s pod name'],
    ['HTTPServer', 'http server'],
    ['PATCHed', 'patched'],
    ['URLs', 'urls'],
    ['/api/v1', 'api v1'],
  ]
  for (const [name, words] of table)
    it(`${name} is ${words}`, () => assert.equal(splitWords(name).join(' '), words))
})

describe('stems', () => {
  for (const group of [
    ['queries', 'query'],
    ['services', 'service'],
    ['addresses', 'address'],
    ['cancelled', 'cancel', 'cancelling'],
    ['changes', 'changed', 'changing'],
    ['countries', 'country'],
    ['relational', 'relate'],
  ]) {
    it(`${group.join(', ')} meet`, () => assert.equal(new Set(group.map(stem)).size, 1))
  }

  it('words with digits stay', () => assert.equal(stem('p95s'), 'p95s'))
})
