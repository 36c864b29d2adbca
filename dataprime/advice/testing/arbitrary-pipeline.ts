import fc from 'fast-check'
import type { Row } from './run-query'

/** Stages of few fields that read and write one another's, so that there is much to say about most pipelines. */
const STAGES = [
  ...['filter a == 1', 'filter b > 1', 'filter a == 1 && b > 1', 'filter n > 1 && a == 1', 'filter true'],
  ...['filter a == 1 || n == 2', 'filter kv.text == 1 && b == 2', 'filter geo.key != null', 'filter x == 2'],
  ...["filter msg ~ 'red' && a.in(1, 2)", "find 'red' in msg", "wildfind 'blue'", "filter $d ~~ 'blue'"],
  ...['block a == 1', 'block b > 1 && n > 1', 'filter tag == 1', 'filter $m.t > 1', 'filter x.y == 1'],
  ...['orderby a', 'orderby b desc', 'orderby n desc', 'orderby x, a desc', 'orderby $m.t desc'],
  ...['limit 1', 'limit 3', 'limit 5', 'limit 3', 'top 2 a, b by b', 'top 2 a by max(b)', 'bottom 3 a by a'],
  ...[
    'create x from a + 1',
    'create x.y from b',
    'replace a with b + 1',
    'create n from 2',
    'create a from 1',
  ],
  ...['remove x', 'remove a, b', 'remove msg', 'move a to x', 'convert b:string', 'remove x.y'],
  ...['choose a, b', 'choose a', 'choose a as b, b as a', 'choose x.y as y, b, msg', 'choose a + 1 as x, b'],
  ...['extract msg into kv using kv()', 'extract msg into a using kv()', 'enrich a into geo using table'],
  ...[
    'explode tags into tag',
    'explode tags into tag original preserve',
    'dedupeby a',
    'dedupeby a, b keep 1',
  ],
  ...[
    'groupby a aggregate count() as n',
    'groupby a, b aggregate sum(b) as n',
    'groupby a',
    'groupby x.y as a',
  ],
  ...['groupby a + 1 as x, b aggregate count() as n', 'groupby a as b, b as a aggregate max(b) as n'],
  ...[
    'groupby $m.t, a aggregate collect(b) as list',
    'countby a',
    'countby b into n',
    'distinct a',
    'distinct b, a',
  ],
  ...[
    'count',
    'count into n',
    'aggregate count() as n',
    'aggregate sum(a) as a',
    'distinct x',
    'distinct a as x',
  ],
  ...['join (source logs | orderby a | filter b > 1 | limit 3) using a into j', 'filter j.b == 2'],
  ...['join (source logs | create z from 1 | groupby a aggregate count() as n) using a into x'],
  ...['union (source logs | filter a == 1 | filter a == 1)'],
]

/** The text of a pipeline that `runQuery` can run. */
function pipelineOf(stages: readonly string[]): string {
  return ['source logs last 1h', ...stages].join(' | ')
}

export const arbitraryPipeline: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...STAGES), { minLength: 1, maxLength: 6 })
  .map(pipelineOf)

/** Every two stages after one another. */
export function pairsOfStages(): readonly string[] {
  return STAGES.flatMap((first) => STAGES.map((second) => pipelineOf([first, second])))
}

/** Rows are compared with those that `runQuery` makes. */
const PLAIN = { noNullPrototype: true } as const

const value = fc.option(fc.integer({ min: 0, max: 3 }), { nil: null, freq: 6 })

export const arbitraryRows: fc.Arbitrary<readonly Row[]> = fc.array(
  fc.record(
    {
      a: value,
      b: value,
      x: fc.option(fc.record({ y: value }, PLAIN), { nil: null }),
      msg: fc.constantFrom('red', 'blue', 'red and blue', null),
      tags: fc.array(value, { maxLength: 2 }),
      $m: fc.record({ t: value }, PLAIN),
    },
    PLAIN,
  ),
  { minLength: 5, maxLength: 10 },
)
