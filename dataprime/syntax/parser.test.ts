import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { suggestImprovements } from '../advice'
import { analyse } from '../analyse'
import { complexityOf } from '../analysis/complexity'
import { describeQuery } from '../analysis/describe-query'
import { fingerprintOf } from '../analysis/fingerprint'
import { hasErrors } from '../diagnostics/diagnostic'
import { DIAGNOSTICS_KEPT_MAX } from '../diagnostics/diagnostic-list'
import { explain } from '../explain/explain'
import { format, print } from '../format/print'
import { sameTree } from '../tree/same-tree'
import { showTree } from '../tree/show-tree'
import { parse } from './parser'
import { NESTING_MAX } from './token-stream'

/** All that is ever done with a text; nothing of it may throw. */
function useAll(text: string): void {
  const { query, diagnostics } = analyse(text)
  for (const { range } of diagnostics) {
    assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length)
  }
  print(query)
  format(query)
  describeQuery(query)
  complexityOf(query)
  fingerprintOf(query)
  suggestImprovements(query)
  explain(query)
  showTree(query)
  assert.ok(sameTree(query, query))
}

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
      const text = `filter ${chain.repeat(50_000)}a${'.trim()'.repeat(50_000)}${':string'.repeat(50_000)}${'[0]'.repeat(50_000)}`

      assert.ok(!hasErrors(parse(text).diagnostics))
      useAll(text)
    }
  })
})

describe('a megabyte', () => {
  const units = [
    'a',
    ' ',
    '\n',
    '|',
    '| ',
    '(',
    ')',
    '}',
    '`',
    '`{',
    "'",
    '"',
    '/',
    '\\',
    '#',
    '/* ',
    '@',
    '1',
    '1.',
    '$',
    '\0',
    '\ud800',
    'é',
    '😀',
    '\ufeff',
    '‘x',
    '```',
    ';',
    'a ',
    'zzz|',
    'a,',
    'choose a b,',
    "'|limit \\",
    '`|limit \\',
    'filter /|limit \\',
    'source logs|',
    "filter a == 'x' && b.c(1, 2) | ",
    'join (source a|',
    'a between 1 and 2 ',
    'a in (1) ',
    'a ?? ',
  ]
  for (const unit of units) {
    test(`of ${JSON.stringify(unit)} is answered`, () => {
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length))

      const { diagnostics } = analyse(text)

      assert.ok(diagnostics.length <= 3 * (DIAGNOSTICS_KEPT_MAX + 1))
      const inFilter = analyse(`filter ${text}`)
      print(inFilter.query)
    })
  }

  test('of a query is read whole', () => {
    const stages = 50_000
    const { query, diagnostics } = parse(Array(stages).fill("filter a == 'x'").join('\n| '))

    assert.equal(query.stages.length, stages)
    assert.deepEqual(diagnostics, [])
  })
})

test('diagnostics beyond a number are counted, errors and warnings by themselves', () => {
  const warnings = Array(500).fill('f "x"').join(' | ')
  const { diagnostics } = parse(`${warnings} | filtr`)

  assert.ok(hasErrors(diagnostics))
  assert.equal(diagnostics.filter(({ severity }) => severity === 'warning').length, DIAGNOSTICS_KEPT_MAX)
  assert.ok(diagnostics.some(({ code, message }) => code === 'DP0115' && message.includes('400 more')))
})

const WORDS = [
  ...[
    'source',
    'logs',
    'filter',
    'f',
    'groupby',
    'aggregate',
    'agg',
    'by',
    'as',
    'last',
    '1h',
    'between',
    'and',
    'or',
  ],
  ...[
    'not',
    'in',
    'like',
    'is',
    'null',
    'case',
    'when',
    'end',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    '|',
    '||',
    '&&',
    '==',
    '=',
  ],
  ...[
    '!=',
    '!',
    '~',
    '~~',
    '<',
    '<=',
    '>',
    '->',
    '=>',
    '=~',
    '!~',
    '??',
    '?',
    ':',
    ';',
    ',',
    '.',
    '$d',
    '$m',
    '$x',
    '@',
  ],
  ...[
    '`',
    '`a{',
    '}`',
    "'",
    "'x'",
    '"y"',
    '/',
    '/x/',
    '//',
    '#',
    '/*',
    '*/',
    '\n',
    "@'now'",
    '1',
    '1.5',
    '-',
    '5x',
    'a',
  ],
  ...[
    'b',
    'count()',
    'count',
    'top',
    'top 3',
    'order',
    'sort',
    'union',
    'join',
    'stitch',
    'into',
    'using',
    'on',
    'left',
  ],
  ...[
    'redact',
    'matching',
    'to',
    'extract',
    'convert',
    'datatypes',
    'true',
    'ERROR',
    '\\',
    '§',
    '\0',
    '\ud800',
    'é',
    '```',
  ],
  ...[
    '‘',
    'create',
    'from',
    'limit',
    'orderby',
    'asc',
    'desc',
    'multigroupby',
    '_ ->',
    'with',
    'replace',
    'remove',
    'move',
  ],
  ...[
    'explode',
    'original',
    'keep',
    'dedupeby',
    'find',
    'wildfind',
    'lucene',
    '*',
    '%',
    '+',
    'interval',
    'around',
    'stats',
  ],
]

test('no soup of words throws, and what has no error prints to itself', () => {
  const soup = fc
    .array(fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom('', ' ')), { maxLength: 40 })
    .map((words) => words.flat().join(''))
  const property = fc.property(soup, (text) => {
    useAll(text)
    const { query, diagnostics } = parse(text)
    if (!hasErrors(diagnostics)) assert.ok(sameTree(parse(print(query)).query, query), print(query))
  })
  fc.assert(property, { seed: 7, numRuns: 5000, examples: [['source last '], ['count into ERROR ']] })
})

test('no text throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), useAll), { seed: 7, numRuns: 2000 })
})
