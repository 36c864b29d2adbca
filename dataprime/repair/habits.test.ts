import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parse } from '../syntax/parser'
import { sameTree } from '../tree/same-tree'
import { repair } from './repair'

/** A query as people from other languages write it, and the right one. */
const REPAIRED: readonly (readonly [string, string])[] = [
  // An equals sign binds like the comparison it is meant as.
  ['groupby a = 1 as k agg count() as n', 'groupby a == 1 as k agg count() as n'],
  ['choose a = 1 ? 2 : 3 as v, b', 'choose if(a == 1, 2, 3) as v, b'],
  ['agg count_if(a = 1 and b in (1, 2)) as n', 'agg count_if(a == 1 && b.in(1, 2)) as n'],
  ['agg countif(a = 1 or b) as n', 'agg count_if(a == 1 || b) as n'],
  ["create x from iff(a = 1, 'x', 'y')", "create x from if(a == 1, 'x', 'y')"],
  ['agg sum(a = 1 ? 2 : 3) as n', 'agg sum(if(a == 1, 2, 3)) as n'],
  ['create x := a', 'create x from a'],
  ['limit = 10', 'limit 10'],
  // Colons.
  ['create x from a ? b:number : c:number', 'create x from if(a, b:number, c:number)'],
  ['create x from a ? b : number;', 'create x from if(a, b, number)'],
  ['create x from case { a::int > 5 -> 1 }', 'create x from case { a:number > 5 -> 1 }'],
  ['filter a:true and b:null', 'filter a == true && b == null'],
  ['filter -a:500', 'filter !(a == 500)'],
  // Regular expressions in strings are none until they are written as such; phrases are left to be phrases.
  ["filter a =~ 'x.*y'", 'filter a.matches(/x.*y/)'],
  ["filter a !~ '^x/y'", 'filter !a.matches(/^x\\/y/)'],
  ["filter a =~ 'two words'", "filter a ~ 'two words'"],
  ["filter a rlike 'x+'", 'filter a.matches(/x+/)'],
  ["filter regexp_like(a, 'x+')", 'filter matches(a, /x+/)'],
  ["filter a like '%50\\\\%%'", "filter a.contains('50%')"],
  // Lists.
  ['table a b $m.timestamp', 'choose a, b, $m.timestamp'],
  ['choose a,, b', 'choose a, b'],
  ['groupby (a, b) aggregate(count() as n)', 'groupby a, b aggregate count() as n'],
  ['groupby by a aggregate count() as n', 'groupby a aggregate count() as n'],
  ['sort {-a, b}', 'orderby a desc, b'],
  [
    "create x from case { a -> 'x' b -> 'y' _ -> 'z' }",
    "create x from case { a -> 'x', b -> 'y', _ -> 'z' }",
  ],
  // Words in another place or case.
  ['STATS COUNT AS n BY a', 'groupby a aggregate count() as n'],
  ['left join (source t) on id == tid into t', 'join left (source t) on id == tid into t'],
  ['join t on id == tid into t', 'join (source t) on id == tid into t'],
  ['dedup 3 a', 'dedupeby a keep 3'],
  ['mv-expand a as b', 'explode a into b original preserve'],
  ['mv a to b', 'move a to b'],
  ['top 5 host, path', 'top 5 host, path by count()'],
  ['top 5 a.message', 'top 5 a.message by count()'],
  ['top 5 request_latency', 'top 5 request_latency by request_latency'],
  ['filter a == NULL and b == True', 'filter a == null && b == true'],
  ['filter @timestamp > ago(1h)', 'filter $m.timestamp > now() - 1h'],
  [
    "filter t > now() - INTERVAL '1 hour' and t < now() - interval 1 day",
    'filter t > now() - 1h && t < now() - 1d',
  ],
  ['extract m into x using json() | where x.a = 1', 'extract m into x using jsonobject() | where x.a == 1'],
  ['lucene a:1 AND b:2', "lucene 'a:1 AND b:2'"],
  ["create x from case(a > 5, 'x', true, 'y')", "create x from case { a > 5 -> 'x', _ -> 'y' }"],
]

describe('what people from other languages write is repaired to what they mean', () => {
  for (const [wrong, right] of REPAIRED) {
    test(wrong, () => assertRepaired(`source logs | ${wrong}`, `source logs | ${right}`))
  }
})

describe('a source and what is around a query are repaired too', () => {
  const whole: readonly (readonly [string, string])[] = [
    ['source logs last hour', 'source logs last 1h'],
    ['source logs between 2025-01-01 and 2025-01-02', "source logs between @'2025-01-01' and @'2025-01-02'"],
    ['"source logs | limit 5"', 'source logs | limit 5'],
    ['The query is `source logs | limit 5`.', 'source logs | limit 5'],
    ['SELECT TOP 5 * FROM logs', 'source logs | limit 5'],
    [
      'SELECT a, count(*) AS n FROM logs GROUP BY 1 ORDER BY 2',
      'source logs | groupby a agg count() as n | orderby n',
    ],
  ]
  for (const [wrong, right] of whole) test(wrong, () => assertRepaired(wrong, right))
})

/** What no edit can put right without losing a part of it, or guessing. */
const LEFT_ALONE = [
  'source logs | create x from isnull(a, 0)',
  'source logs | create x from upper(a, b)',
  'source logs | create x from bin(a, 5m, b)',
  'source logs | filter @yesterday > now()',
  'source logs | choose a alias b',
  'source logs | orderby a nulls last',
  'drop table users',
  'source logs | select a, b from spans',
  'SELECT a FROM logs GROUP BY 3',
]

describe('what has no clear meaning stays invalid', () => {
  for (const text of LEFT_ALONE) test(text, () => assert.equal(repair(text).valid, false))
})

function assertRepaired(wrong: string, right: string): void {
  const { query, valid } = repair(wrong)

  assert.ok(valid, query)
  assert.ok(sameTree(parse(query).query, parse(right).query), `${query}\ninstead of\n${right}`)
}
