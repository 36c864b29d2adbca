import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from '../syntax/parser'
import { arbitraryQuery } from '../testing/arbitrary-query'
import type { Expression } from '../tree/ast'
import * as build from '../tree/build'
import { sameTree } from '../tree/same-tree'
import { format, print, printExpression, printStage } from './print'

/** The same trees in every run. */
const SEEDED = { seed: 20250312, numRuns: 2000 }

test('reading what was printed gives the same tree', () => {
  const property = fc.property(arbitraryQuery, (query) => {
    const text = print(query)
    const { query: read, diagnostics } = parse(text)
    assert.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error'),
      [],
      text,
    )
    assert.ok(sameTree(read, query), text)
  })
  fc.assert(property, SEEDED)
})

test('formatting what was formatted changes nothing', () => {
  const property = fc.property(arbitraryQuery, (query) => {
    const text = format(query)
    assert.equal(format(parse(text).query), text)
  })
  fc.assert(property, { ...SEEDED, numRuns: 500 })
})

test('parentheses stand only where precedence asks for them', () => {
  const { binary, keypath, methodCall, not, number } = build
  const a = keypath(null, 'a')
  const sum = binary('+', a, number(1))

  assert.equal(printExpression(binary('*', sum, number(2))), '(a + 1) * 2')
  assert.equal(printExpression(binary('-', sum, number(2))), 'a + 1 - 2')
  assert.equal(printExpression(binary('-', number(2), sum)), '2 - (a + 1)')
  assert.equal(printExpression(not(binary('==', a, number(1)))), '!(a == 1)')
  assert.equal(printExpression(not(methodCall(a, 'contains', build.string('x')))), "!a.contains('x')")
  assert.equal(printExpression(methodCall(sum, 'abs')), '(a + 1).abs()')
  assert.equal(printExpression(methodCall(not(a), 'f')), '(!a).f()')
})

test('a sign does not run into the digits after it', () => {
  const { number, range } = { number: build.number, range: { start: 0, end: 0 } }
  const minus = (operand: Expression): Expression => ({
    kind: 'UnaryExpression',
    operator: '-',
    operand,
    range,
  })

  assert.equal(printExpression(minus(number(5))), '-(5)')
  assert.equal(printExpression(minus(number(-5))), '--5')
  assert.equal(printExpression(minus(build.methodCall(number(5), 'abs'))), '-(5.abs())')
  assert.equal(printExpression(build.binary('-', number(1), number(-5))), '1 - -5')
})

test('brackets hold only the keys that are no names', () => {
  assert.equal(printExpression(build.keypath('$d', 'tags', 'error')), '$d.tags.error')
  assert.equal(printExpression(build.keypath('$d', 'tags', 'http.route')), "$d.tags['http.route']")
  assert.equal(printExpression(build.keypath(null, 'http.route')), "$d['http.route']")
  assert.equal(printExpression(build.keypath(null, 'ERROR', 'x')), '$d.ERROR.x')
})

test('strings are escaped', () => {
  assert.equal(printExpression(build.string("it's \\ \n\t")), "'it\\'s \\\\ \\n\\t'")
})

test('a pattern behind a word is in parentheses, where its slash would divide', () => {
  const pattern = build.regex('^a')
  const target = build.keypath(null, 'p')
  const clauses = { onKeypathExists: null, onKeypathMissing: null, onDatatypeChanged: null }
  const create = build.stage({
    kind: 'CreateStage',
    form: 'from',
    target,
    value: build.methodCall(pattern, 'f'),
    ...clauses,
  })

  assert.equal(printStage(create), 'create p from (/^a/.f())')
  assert.equal(printExpression(build.call('matches', target, pattern)), 'matches(p, /^a/)')
})

test('a pattern of nothing does not begin a comment', () => {
  assert.equal(printExpression(build.regex('')), '/(?:)/')
})

test('what takes no operators has them in parentheses', () => {
  const sum = build.binary('+', build.keypath(null, 'a'), build.number(1))
  const operand = (expression: Expression) =>
    ({ kind: 'JoinOperand', side: null, expression, range: sum.range }) as const
  const join = build.stage({
    kind: 'JoinStage',
    join: null,
    query: build.query([build.stage({ kind: 'CountStage', into: null })]),
    on: [
      {
        kind: 'JoinCondition',
        left: operand(build.keypath(null, 'b')),
        right: operand(sum),
        range: sum.range,
      },
    ],
    using: [],
    into: build.keypath(null, 'c'),
  })

  assert.equal(
    printStage(build.stage({ kind: 'FindStage', phrase: build.string('x'), target: sum })),
    "find 'x' in (a + 1)",
  )
  assert.equal(printStage(join), 'join (count) on b == (a + 1) into c')
})

test('a field named as the default of a case block is told apart from it', () => {
  const text = 'filter case { (_) -> 1, _ -> 2 }'

  assert.equal(print(parse(text).query), text)
})

test('a chain of a hundred thousand operators is printed', () => {
  const links = 100_000
  let chain: Expression = build.number(1)
  for (let link = 0; link < links; link++) chain = build.binary('+', chain, build.number(1))

  assert.equal(printExpression(chain).length, 1 + links * ' + 1'.length)
})
