import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type AnalyseOptions, analyse, analyseDpxl } from '../analyse'
import { bareSeverity } from '../diagnostics/codes'
import type { Diagnostic, DiagnosticCode } from '../diagnostics/diagnostic'
import { print } from '../format/print'
import { arbitraryQuery } from '../testing/arbitrary-query'

function applyFix(text: string, { fix }: Diagnostic): string {
  assert.ok(fix, 'has a fix')
  const edits = [...fix.edits].sort((a, b) => b.range.start - a.range.start)
  return edits.reduce(
    (fixed, { range, newText }) => fixed.slice(0, range.start) + newText + fixed.slice(range.end),
    text,
  )
}

/** A query with one mistake, the code it is reported under, and the query after the fix. */
const FIXES: readonly (readonly [string, DiagnosticCode, string])[] = [
  [
    'source logs | groupby $l.subsystemname | filter $l.subsystemname.id == 1',
    'DP0435',
    'source logs | groupby $l.subsystemname | filter subsystemname.id == 1',
  ],
  [
    'source logs | groupby host as h aggregate count() as n | orderby $d.host',
    'DP0435',
    'source logs | groupby host as h aggregate count() as n | orderby h',
  ],
  [
    "source logs | choose tags['http.route'] | filter tags['http.route'] == 'x'",
    'DP0435',
    "source logs | choose tags['http.route'] | filter $d['http.route'] == 'x'",
  ],
  [
    'source logs | move a.b to c.d | filter a.b.x == 1',
    'DP0435',
    'source logs | move a.b to c.d | filter c.d.x == 1',
  ],
  [
    'source logs | move $d to $d.all | filter a.b == 1',
    'DP0435',
    'source logs | move $d to $d.all | filter $d.all.a.b == 1',
  ],
  [
    'source logs | aggregate count() as requests | filter reqests > 1',
    'DP0435',
    'source logs | aggregate count() as requests | filter requests > 1',
  ],
  [
    'source logs | groupby host agg count() | orderby count desc',
    'DP0435',
    'source logs | groupby host agg count() as count | orderby count desc',
  ],
  [
    'source logs | choose $l.team as subsystemname, msg | filter $l.subsystemname == 1',
    'DP0435',
    'source logs | choose $l.team as subsystemname, msg | filter subsystemname == 1',
  ],
  [
    "source logs | filter $m.applicationname == 'x'",
    'DP0409',
    "source logs | filter $l.applicationname == 'x'",
  ],
  ["source spans | filter $l.servicename == 'x'", 'DP0409', "source spans | filter $l.serviceName == 'x'"],
  ['source logs | filter ERROR <= severity', 'DP0436', 'source logs | filter ERROR <= $m.severity'],
  [
    "source logs between @'2025-02-02' and @'2025-02-01'",
    'DP0443',
    "source logs between @'2025-02-01' and @'2025-02-02'",
  ],
  [
    "source logs | filter @'now-1h'.roundTime(1h) > a",
    'DP0460',
    "source logs | filter (@'now' - 1h).roundTime(1h) > a",
  ],
  ["source logs | filter a > @'2025-03-01 08:15'", 'DP0460', "source logs | filter a > @'2025-03-01T08:15'"],
  ['source logs between now - 1h and now()', 'DP0461', 'source logs between now() - 1h and now()'],
  ['source logs between 1740816000 and now()', 'DP0330', 'source logs between @1740816000 and now()'],
  [
    "source logs | create s from $m.severity | filter s == 'Error'",
    'DP0410',
    'source logs | create s from $m.severity | filter s == ERROR',
  ],
  [
    "source logs | filter x-user-agent == 'curl'",
    'DP0462',
    "source logs | filter $d['x-user-agent'] == 'curl'",
  ],
  [
    "source logs | filter k8s.pod-name.contains('web')",
    'DP0322',
    "source logs | filter k8s['pod-name'].contains('web')",
  ],
  ["source logs | filter msg.matches('a/b')", 'DP0464', 'source logs | filter msg.matches(/a\\/b/)'],
  ["source logs | filter msg ~~ 'x'", 'DP0465', "source logs | filter msg ~ 'x'"],
  [
    "source logs | extract msg into a using regexp(e='(?<n>\\\\d+)')",
    'DP0466',
    'source logs | extract msg into a using regexp(e=/(?<n>\\d+)/)',
  ],
  [
    'source logs | create a from case_contains { b, 5 -> 1 }',
    'DP0467',
    "source logs | create a from case_contains { b, '5' -> 1 }",
  ],
  ["source logs | find 'x' in 'msg.text'", 'DP0312', "source logs | find 'x' in msg.text"],
  ["source logs | find msg in 'a b'", 'DP0312', "source logs | find 'a b' in msg"],
  ['source logs(teamid=1)', 'DP0415', 'source logs(teamId=1)'],
  [
    'source spans | filter 500ms < $m.duration',
    'DP0420',
    "source spans | filter toTimeUnit(500ms, 'micro') < $m.duration",
  ],
  [
    'source logs | filter $l.applicationname == 5',
    'DP0420',
    "source logs | filter $l.applicationname == '5'",
  ],
  ["source logs | filter subsystemname == 'a'", 'DP0469', "source logs | filter $l.subsystemname == 'a'"],
  ['source traces | limit 1', 'DP0470', 'source spans | limit 1'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a query
  ['source logs | create a from `${b} c{d}$`', 'DP0471', 'source logs | create a from `{b} c{d}$`'],
  ['source logs | groupby a-count() as d', 'DP0472', 'source logs | groupby a aggregate -count() as d'],
  ['source logs | filter a == `b{c`', 'DP0003', 'source logs | filter a == `b{c}`'],
  ['source logs | calc count() as n', 'DP0405', 'source logs | aggregate count() as n'],
]

describe('a fix settles what it is offered for', () => {
  for (const [text, code, fixed] of FIXES) {
    test(text, () => {
      const found = analyse(text).diagnostics.find((diagnostic) => diagnostic.code === code)
      assert.ok(found)

      assert.equal(applyFix(text, found), fixed)
      assert.ok(!analyse(fixed).diagnostics.some((diagnostic) => diagnostic.code === code))
    })
  }

  test('an expression of DPXL gets its version', () => {
    const text = ' $d.a == 1'
    const [found] = analyseDpxl(text).diagnostics
    assert.ok(found)

    assert.equal(applyFix(text, found), ' <v1> $d.a == 1')
    assert.deepEqual(analyseDpxl('<v1> $d.a == 1').diagnostics, [])
  })
})

describe('there is no fix where more than one thing may be meant', () => {
  const unclear = [
    'source logs | aggregate count(), count() as n | filter latency > 1',
    'source logs | aggregate count(), count(x) | filter count > 1',
    'source logs | remove debug | filter debug == 1',
    "source logs | filter $l.application == 'x'",
  ]
  for (const text of unclear) {
    test(text, () => {
      const found = analyse(text).diagnostics.filter(({ severity }) => severity === 'warning')

      assert.equal(found.length, 1)
      assert.equal(found[0]?.fix, undefined)
    })
  }
})

test('strict mode refuses what is certainly not there, and only doubts the rest', () => {
  const severities = (text: string, options: AnalyseOptions) =>
    analyse(text, options).diagnostics.map(({ severity }) => severity)
  const certain = [
    'source logs | groupby a aggregate count() as n | filter b == 1',
    'source logs | choose a | filter b == 1',
    'source logs | remove a | filter a == 1',
    'source logs | explode a into b | filter c == 1',
    'source logs | filter $l.team == 1',
  ]
  const doubtful = [
    'source logs | choose a | filter $m.severity == ERROR',
    'source logs | groupby a.b | filter a.b == 1',
    'source logs | aggregate count() | filter n == 1',
    'source logs | top 5 a by b | filter c == 1',
    'source logs | explode a into b | orderby $m.timestamp',
  ]

  for (const text of certain) {
    assert.deepEqual(severities(text, { strict: true }), ['error'], text)
    assert.deepEqual(severities(text, {}), ['warning'], text)
  }
  for (const text of doubtful) assert.deepEqual(severities(text, { strict: true }), ['warning'], text)
})

test('a keypath that a foreign form stands for twice is reported once', () => {
  const catalogue = { logs: [{ keypath: '$d.b', type: 'number' }], spans: [] }
  const codesOf = (text: string) =>
    analyse(text, { strict: true, catalogue }).diagnostics.map(({ code }) => code)

  assert.deepEqual(codesOf('source logs | filter a between 1 and 5'), ['DP0409', 'DP0204'])
  assert.deepEqual(
    analyse('source logs | filter severity between WARNING and ERROR').diagnostics.filter(
      ({ code }) => code === bareSeverity.code,
    ).length,
    1,
  )
})

test('a keypath is reported once, as unknown or as removed', () => {
  const text =
    'source logs | filter $l.team == 1 | remove $l.team | filter $l.team == 1 | count | filter $l.team == 1'
  const found = analyse(text).diagnostics.map(({ code, range }) => [code, text.slice(range.start, range.end)])

  assert.deepEqual(found, [
    ['DP0409', '$l.team'],
    ['DP0409', '$l.team'],
    ['DP0409', '$l.team'],
    ['DP0435', '$l.team'],
  ])
})

test('whatever a query says, it is checked and its fixes lie in its text', () => {
  const catalogue = { logs: [{ keypath: '$d.status', type: 'number' }], spans: [] }
  const property = fc.property(arbitraryQuery, fc.boolean(), (query, strict) => {
    const text = print(query)
    for (const { fix } of analyse(text, { strict, catalogue }).diagnostics) {
      for (const { range } of fix?.edits ?? []) {
        assert.ok(range.start <= range.end && range.end <= text.length, text)
      }
    }
  })
  fc.assert(property, { seed: 23, numRuns: 500 })
})
