import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { analyse } from '../analyse'
import { hasErrors } from '../diagnostics/diagnostic'
import { DIAGNOSTICS_KEPT_MAX } from '../diagnostics/diagnostic-list'
import { print } from '../format/print'
import { useAll } from '../testing/use-all'
import { parse } from './parser'
import { NESTING_MAX } from './token-stream'

function errorsOf(text: string): readonly string[] {
  return analyse(text)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ range }) => text.slice(range.start, range.end))
}

test('text that is no query has an error', () => {
  for (const text of [
    '',
    ' \n',
    '# nothing',
    'hello',
    'drop table users',
    'show me errors',
    '42',
    "'x'",
    '|',
    ';',
    '\0',
    '\ud800',
  ]) {
    assert.ok(hasErrors(parse(text).diagnostics), JSON.stringify(text))
  }
})

test('each of three mistakes is reported where it stands', () => {
  assert.deepEqual(errorsOf('source logs | filtr a == 1 | groupby b count() as | limit x'), [
    'filtr',
    '',
    'x',
  ])
  assert.deepEqual(errorsOf('source logs | filter a = 1 | orderby b descending | choose f(c d), g'), [
    '=',
    'descending',
    'f',
    'd',
  ])
  assert.deepEqual(errorsOf("source logs last 5 | filter x == 'a | limit 1.5"), ['5', "'a", '1.5'])
})

test('the stages around a mistake are read as ever', () => {
  const { query } = parse('source logs | filter (a == | orderby b | limit 5')

  assert.deepEqual(
    query.stages.map(({ kind }) => kind),
    ['SourceStage', 'FilterStage', 'OrderbyStage', 'LimitStage'],
  )
})

test('nodes cover the text they were read from', () => {
  const text = 'source logs | filter (a + b) * c == 1 | limit 5'
  const { query } = parse(text)
  const filter = query.stages[1]

  assert.ok(filter?.kind === 'FilterStage')
  assert.equal(text.slice(filter.range.start, filter.range.end), 'filter (a + b) * c == 1')
  assert.equal(text.slice(filter.predicate.range.start, filter.predicate.range.end), '(a + b) * c == 1')
  assert.equal(text.slice(filter.keywordRange.start, filter.keywordRange.end), 'filter')
  assert.deepEqual(query.range, { start: 0, end: text.length })
})

describe('nesting', () => {
  const openings = ['(', '[', '!', 'f(', 'a[', '- ', 'case {', "{'a':", '`{', '@(', 'a ? ', 'not ', 'if(a, ']
  for (const opening of openings) {
    test(`a hundred thousand times ${JSON.stringify(opening)} is an error and no overflow`, () => {
      const text = `filter ${opening.repeat(100_000)}`

      useAll(text)
      // Before the limit is met some of these are reported so often that the list is full.
      assert.ok(parse(text).diagnostics.some(({ code }) => code === 'DP0111' || code === 'DP0115'))
    })
  }

  test('a hundred thousand sub-queries are an error and no overflow', () => {
    const text = 'union (source a | '.repeat(100_000)

    useAll(text)
    assert.ok(parse(text).diagnostics.some(({ code }) => code === 'DP0111'))
  })

  test('as deep as is allowed is read and printed', () => {
    const depth = NESTING_MAX - 1
    const text = `filter ${'f('.repeat(depth)}a${')'.repeat(depth)}`

    assert.ok(!hasErrors(parse(text).diagnostics))
    assert.equal(print(parse(text).query), text)
    useAll(text)
  })

  test('long chains are not nested', () => {
    for (const chain of ['1 + ', 'a && ', 'a.b.', '']) {
      const text = `filter ${chain.repeat(20_000)}a${'.trim()'.repeat(20_000)}${':string'.repeat(20_000)}${'[0]'.repeat(20_000)}`

      assert.ok(!hasErrors(parse(text).diagnostics))
      useAll(text)
    }
  })
})

test('diagnostics beyond a number are counted, errors and warnings by themselves', () => {
  const warnings = Array(500).fill('f "x"').join(' | ')
  const { diagnostics } = parse(`${warnings} | filtr`)

  assert.ok(hasErrors(diagnostics))
  assert.equal(diagnostics.filter(({ severity }) => severity === 'warning').length, DIAGNOSTICS_KEPT_MAX)
  assert.ok(diagnostics.some(({ code, message }) => code === 'DP0115' && message.includes('400 more')))
})
