import assert from 'node:assert/strict'
import { describe as group, test } from 'node:test'
import fc from 'fast-check'
import type { FieldCatalogue } from '../catalogue/field-catalogue'
import { print } from '../format/print'
import { parse } from '../syntax/parser'
import { arbitraryQuery } from '../testing/arbitrary-query'
import { timeGrowth } from '../testing/time-growth'
import { type Expression, NO_RANGE, type Query } from '../tree/ast'
import { walk } from '../tree/walk'
import { typeOf } from './infer-expression'
import { inferTypes } from './infer-types'
import { certain, likely } from './inferred-type'
import { createTypeEnvironment, fieldTypes } from './type-environment'

const CATALOGUE: FieldCatalogue = {
  logs: [
    { keypath: '$d.status_code', type: 'number' },
    { keypath: "$d.tags['http.route']", type: 'string' },
    { keypath: 'cache_hit', type: 'bool' },
    { keypath: '$m.severity', type: 'string' },
    { keypath: '$d.odd', type: 'decimal(10)' },
    { keypath: 'not a keypath |', type: 'string' },
  ],
  spans: [{ keypath: '$d.status_code', type: 'string' }],
}

/** The type of the expression of the last stage, `filter`: "string", "likely number", "array of string". */
function typeIn(text: string, catalogue?: FieldCatalogue): string {
  const { query } = parse(text)
  const last = query.stages.at(-1)
  assert.ok(last?.kind === 'FilterStage', text)
  return describe(inferTypes(query, catalogue).of(last.predicate))
}

function describe({ name, certainty, element }: ReturnType<typeof certain>): string {
  const elements = element === 'unknown' ? '' : ` of ${element}`
  return name === 'unknown' || certainty === 'certain' ? name + elements : `likely ${name}${elements}`
}

function typeOfText(text: string): string {
  return typeIn(`source logs | filter ${text}`)
}

const EXPRESSIONS: readonly (readonly [text: string, type: string])[] = [
  ['5', 'number'],
  ["'a'", 'string'],
  ['`a {b} c`', 'string'],
  ['true', 'boolean'],
  ['null', 'null'],
  ['1h30m', 'interval'],
  ["@'now'", 'timestamp'],
  ['@(a)', 'timestamp'],
  ['/a+/', 'regexp'],
  ['ERROR', 'severity'],
  ['[1, 2]', 'array of number'],
  ["['a', null]", 'array of string'],
  ["[1, 'a']", 'array'],
  ['[$l.applicationname]', 'likely array of string'],
  ['[a, b]', 'array'],
  ["{'a': 1}", 'object'],
  ['$d', 'likely object'],

  ['$m.timestamp', 'timestamp'],
  ['$metadata.timestamp', 'timestamp'],
  ['$m.severity', 'likely severity'],
  ['$l.applicationname', 'likely string'],
  ['$m.timestampMicros', 'likely number'],
  ['$m.duration', 'unknown'],
  ['$d.timestamp', 'unknown'],
  ['a', 'unknown'],
  ['$p.minimum', 'unknown'],
  ['$d[$p.field]', 'unknown'],

  ['a:string', 'string'],
  ['a:num', 'number'],
  ['a:bool', 'boolean'],
  ['a:timestamp', 'timestamp'],
  ['a:interval', 'interval'],
  ['a:array', 'likely array'],
  ['a:strin', 'unknown'],

  ['a == 1', 'boolean'],
  ["a ~ 'x'", 'boolean'],
  ['a && b', 'boolean'],
  ['!a', 'boolean'],
  ['-a', 'unknown'],
  ['-(1 + 2)', 'number'],
  ['- (1h + 1m)', 'interval'],

  ['1 + 2', 'number'],
  ['a + 1', 'number'],
  ['a - 1', 'number'],
  ['a % 2', 'number'],
  ['a * 2', 'unknown'],
  ['a / 2', 'unknown'],
  ['a + b', 'unknown'],
  ['a - b', 'unknown'],
  ['null + 1', 'number'],
  ["@'now' - 1h", 'timestamp'],
  ['$m.timestamp + 1h', 'timestamp'],
  ['$m.timestamp + a', 'timestamp'],
  ['1h + $m.timestamp', 'likely timestamp'],
  ['now() - $m.timestamp', 'interval'],
  ['a - $m.timestamp', 'interval'],
  ['$m.timestamp - a', 'unknown'],
  ['$m.timestamp / 1h', 'timestamp'],
  ['a / 1h', 'unknown'],
  ['1h / 1m', 'number'],
  ['(now() - $m.timestamp) / 1s', 'number'],
  ['1h * 2', 'interval'],
  ['2 * 1h', 'likely interval'],
  ['1h / 2', 'interval'],
  ['$m.timestampMicros + 1', 'likely number'],
  ["'a' - 1", 'unknown'],

  ['count()', 'number'],
  ['length(a)', 'number'],
  ['a.trim()', 'string'],
  ['a.b.startsWith(c)', 'boolean'],
  ['now()', 'timestamp'],
  ['diffTime(a, b)', 'interval'],
  ['avg(x).round()', 'number'],
  ['recordLocation()', 'string'],
  ['unheardOf(a)', 'unknown'],
  ['length()', 'unknown'],
  ['toNumber(a)', 'likely number'],
  ['if(a, 1, 2)', 'number'],
  ['if(a, 1)', 'number'],
  ['if(a, 1, null)', 'number'],
  ["if(a, 1, 'x')", 'unknown'],
  ['if(a, 1, b)', 'unknown'],
  ["firstNonNull(null, 'none', 'b')", 'string'],
  ['firstNonNull(null, null)', 'null'],
  ["firstNonNull(a, 'none')", 'unknown'],
  ['max($m.timestamp)', 'timestamp'],
  ['max(a)', 'unknown'],
  ['max(a, b)', 'number'],
  ['any_value($l.applicationname)', 'likely string'],
  ['any_value()', 'unknown'],
  ['max_by($m.timestamp, a:string)', 'string'],
  ["collect('x')", 'array of string'],
  ['collect(a, distinct=true)', 'array'],
  ["arraySplit(a, ',')", 'array of string'],
  ["arraySplit(a, ',')[0]", 'string'],
  ["arraySplit(a, ',')[b]", 'unknown'],
  ['arraySort([1])', 'array of number'],
  ['arrayAppend(a, 1)', 'array'],
  ["case { a -> 'x', _ -> 'y' }", 'string'],
  ["case { a -> 'x', b -> null }", 'string'],
  ["case_equals { a, 1 -> 'x', _ -> 2 }", 'unknown'],
]

test('the types of expressions are found from their parts', () => {
  for (const [text, type] of EXPRESSIONS) assert.equal(typeOfText(text), type, text)
})

const PIPELINES: readonly (readonly [text: string, type: string])[] = [
  ['source spans | filter $m.duration', 'likely number'],
  ['source default/spans | filter $l.serviceName', 'likely string'],
  ['source system/alerts.history | filter $m.timestamp', 'timestamp'],
  ['source my_table | filter $m.timestamp', 'likely timestamp'],
  ['source my_table | filter $l.applicationname', 'unknown'],
  ['filter $l.applicationname', 'likely string'],

  ['source logs | create a from 1 | filter a', 'number'],
  ['source logs | create a from 1 | filter $d.a', 'number'],
  ["source logs | create a from 1 | create a from 'x' | filter a", 'string'],
  ['source logs | create a from 1 | create a from b | filter a', 'unknown'],
  ['source logs | create a from 1 on keypath exists skip | filter a', 'likely number'],
  ['source logs | create a from $l.applicationname | filter a', 'likely string'],
  ['source logs | create a.b from 1 | create a from c | filter a.b', 'unknown'],
  ['source logs | create $m.timestamp from a | filter $m.timestamp', 'unknown'],
  ['source logs | create $m from a | filter $m.timestamp', 'likely timestamp'],
  ['source logs | create $d[$p.key] from 1 | filter $m.timestamp', 'likely timestamp'],
  ["source logs | replace a with 'x' | filter a", 'string'],
  ["source logs | replace a with 'x' on datatype changed skip | filter a", 'likely string'],
  ['source logs | convert a:number, b:timestamp | filter a', 'number'],
  ['source logs | convert a:numbr | filter a', 'unknown'],
  ['source logs | create a from 1 | remove a | filter a', 'unknown'],
  ['source logs | create a.b from 1 | move a to c | filter c.b', 'number'],
  ['source logs | create a.b from 1 | move a to c | filter a.b', 'unknown'],
  ['source logs | create a from 1 | move a to a.b | filter a.b', 'number'],
  ['source logs | move $m.timestamp to t | filter t', 'timestamp'],
  ['source logs | create a from 1 | move b to $d | filter a', 'likely number'],

  ['source logs | groupby a agg count() as n | filter n', 'number'],
  ['source logs | groupby $l.subsystemname agg count() as n | filter subsystemname', 'likely string'],
  ['source logs | groupby $m.timestamp / 1h as t agg count() as n | filter t', 'timestamp'],
  ['source logs | groupby a agg max($m.timestamp) as last | filter last', 'timestamp'],
  ['source logs | groupby a agg count() as n | filter $m.timestamp', 'unknown'],
  ['source logs | create a from 1 | groupby b agg count() | filter a', 'unknown'],
  ['source logs | multigroupby (a:string as x), (b) agg count() as n | filter x', 'string'],
  ['source logs | aggregate avg(a) as mean | filter mean', 'number'],
  ['source logs | distinct a:number as x | filter x', 'number'],
  ['source logs | countby a | filter _count', 'number'],
  ['source logs | countby a into n | filter n', 'number'],
  ['source logs | count | filter _count', 'number'],
  ['source logs | count into n | filter n', 'number'],
  ['source logs | top 5 a, count() as n by n | filter n', 'number'],
  ['source logs | choose a:number as x | filter x', 'number'],
  ['source logs | choose $m.timestamp | filter $m.timestamp', 'likely timestamp'],
  ['source logs | choose $m.timestamp | filter timestamp', 'likely timestamp'],
  ['source logs | choose a | filter $m.timestamp', 'unknown'],

  ['source logs | roundtime to 1h into slot | filter slot', 'timestamp'],
  ['source logs | roundtime a:timestamp to 1h | filter a', 'timestamp'],
  ["source logs | create parts from arraySplit(a, ',') | filter parts[0]", 'string'],
  ["source logs | create parts from arraySplit(a, ',') | explode parts into part | filter part", 'string'],
  ['source logs | explode a into b original preserve | filter $m.timestamp', 'timestamp'],
  ['source logs | explode a into b | filter $m.timestamp', 'unknown'],
  ['source logs | extract a into b using kv() datatypes c:number | filter b.c', 'number'],
  ['source logs | extract a into b using kv() datatypes c:number | filter b', 'object'],
  ["source logs | extract a into b using split(',') | filter b", 'array'],
  ['source logs | extract a into $d using kv() datatypes c:number | filter c', 'number'],
  ['source logs | extract a into $d using kv() | filter $m.timestamp', 'likely timestamp'],
  ['source logs | enrich a into b using t | filter b', 'likely object'],
  ['source logs | join (source t) using a into b | filter b', 'likely object'],
  ['source logs | create a from 1 | union (source spans) | filter a', 'unknown'],
  ['source logs | union (source spans) | filter $m.timestamp', 'likely timestamp'],
  ['source logs | union (source spans) | create a from 1 | filter a', 'number'],
  ['source logs | union (source spans) | create a from 1 | move a to b | filter b', 'number'],
  ['source logs | stitch (source t) into b | filter b', 'likely object'],
  ['source logs | create a from 1 | stitch (source t) into $d merge | filter a', 'likely number'],
]

test('stages give types to the keypaths they write', () => {
  for (const [text, type] of PIPELINES) assert.equal(typeIn(text), type, text)
})

test('a catalogue tells the types of the data, the language those of metadata', () => {
  for (const [text, type] of [
    ['source logs | filter $d.status_code', 'likely number'],
    ['source logs | filter status_code', 'likely number'],
    ['source spans | filter status_code', 'likely string'],
    ["source logs | filter tags['http.route']", 'likely string'],
    ['source logs | filter cache_hit', 'likely boolean'],
    ['source logs | filter $m.severity', 'likely severity'],
    ['source logs | filter odd', 'unknown'],
    ['source logs | filter $m.timestamp', 'timestamp'],
  ] as const) {
    assert.equal(typeIn(text, CATALOGUE), type, text)
  }
})

test('the operands of a join condition are typed by the side they read', () => {
  const { query } = parse(
    'source logs | create a from 1 | join (source spans | choose b:string as b, a:bool as a)' +
      ' on left=>a == right=>b && a == b into j',
  )
  const types = inferTypes(query)
  const join = query.stages[2]
  assert.ok(join?.kind === 'JoinStage')

  const found = join.on.flatMap(({ left, right }) =>
    [left, right].map(({ expression }) => types.of(expression).name),
  )

  // Both sides know `a`, so the second one is anybody's guess.
  assert.deepEqual(found, ['number', 'string', 'unknown', 'string'])
})

test('an expression can be typed by itself in an environment', () => {
  const environment = createTypeEnvironment(fieldTypes([]))
  environment.assign(['$d', 'a'], certain('number'))
  environment.assign(['$d', 'b'], likely('interval'))
  const { stages } = parse('filter a * b').query
  const product: Expression | undefined = stages[0]?.kind === 'FilterStage' ? stages[0].predicate : undefined

  assert.ok(product)
  assert.deepEqual(typeOf(product, environment), likely('interval'))
})

test('inference never throws, and finds the same types in a query that is printed and read again', () => {
  const typesOf = (query: Query) => {
    const types = inferTypes(query, CATALOGUE)
    const found: string[] = []
    walk(query, (node) => {
      found.push(`${node.kind} ${describe(types.of(node as Expression))}`)
    })
    return found
  }
  const property = fc.property(arbitraryQuery, (query) => {
    assert.deepEqual(typesOf(parse(print(query)).query), typesOf(query))
  })
  fc.assert(property, { seed: 7, numRuns: 1000 })
})

group('twice the text takes less than three times as long', () => {
  const repeated: readonly (readonly [title: string, write: (count: number) => string])[] = [
    ['a sum', (count) => `filter 1${' + 1'.repeat(count)}`],
    ['a disjunction', (count) => `filter a${' || a == 1'.repeat(count)}`],
    ['methods', (count) => `filter a${'.trim()'.repeat(count)}`],
    ['casts', (count) => `filter a${':string'.repeat(count)}`],
    ['indexes', (count) => `filter a${'[0]'.repeat(count)}`],
    ['a long keypath', (count) => `filter a${'.b'.repeat(count)}`],
    ['arguments', (count) => `filter in(a${', 1'.repeat(count)})`],
    ['an array', (count) => `filter [1${', 1'.repeat(count)}]`],
    [
      'fields that are created',
      (count) => Array.from({ length: count }, (_, at) => `create a${at} from 1`).join(' | '),
    ],
    ['a field that moves', (count) => `create a from 1${' | move a to b | move b to a'.repeat(count)}`],
    ['unions', (count) => `create a from 1${' | union (source spans) | filter a == 1'.repeat(count)}`],
    [
      'joins',
      (count) => `create a from 1${' | join (source t) on left=>a == right=>a into j'.repeat(count)}`,
    ],
  ]
  for (const [title, write] of repeated) {
    test(`of ${title}`, () => {
      const growth = timeGrowth(
        (count) => parse(write(count)).query,
        (query) => inferTypes(query, CATALOGUE),
        1_000,
      )

      assert.ok(growth < 3, `${growth}`)
    })
  }

  test('a hundred thousand operators are typed', () => {
    for (const operator of ['+', '||']) {
      const { stages } = parse(`filter 1${` ${operator} 1`.repeat(100_000)}`).query
      const query: Query = { kind: 'Query', stages, range: NO_RANGE }
      const predicate = stages[0]?.kind === 'FilterStage' ? stages[0].predicate : undefined

      assert.ok(predicate)
      assert.equal(inferTypes(query).of(predicate).name, operator === '+' ? 'number' : 'boolean')
    }
  })
})
