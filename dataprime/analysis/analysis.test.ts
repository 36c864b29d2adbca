import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { analyse } from '../analyse'
import type { Diagnostic, DiagnosticSeverity } from '../diagnostics/diagnostic'
import { parse } from '../syntax/parser'
import { arbitraryExpression, arbitraryQuery } from '../testing/arbitrary-query'
import type { Expression, FilterStage, UnionStage } from '../tree/ast'
import * as build from '../tree/build'
import { complexityOf } from './complexity'
import { describeQuery } from './describe-query'
import { fingerprintOf } from './fingerprint'
import { SCORES } from './scores'
import { syntaxScore } from './syntax-score'

const read = (text: string) => parse(text).query

describe('describeQuery', () => {
  test('names what is read, how it is grouped and what comes out', () => {
    const facts = describeQuery(
      read(
        "source default/logs last 90m | filter $m.severity == ERROR && path.startsWith('/api') | block x == 1" +
          ' | groupby $l.subsystemname, $m.timestamp / 5m as t aggregate count() as n, avg(ms)' +
          ' | filter n > 10 && subsystemname != null | orderby n desc | limit 20',
      ),
    )

    assert.deepEqual(facts, {
      source: 'default/logs',
      timeRange: { kind: 'last', interval: '90m', seconds: 5400 },
      commands: ['source', 'filter', 'block', 'groupby', 'filter', 'orderby', 'limit'],
      fields: ['$m.severity', '$d.path', '$d.x', '$l.subsystemname', '$m.timestamp', '$d.ms'],
      functions: ['startsWith', 'count', 'avg'],
      filterCount: 3,
      groupKeys: ['$l.subsystemname', '$m.timestamp / 5m'],
      aggregates: ['count()', 'avg(ms)'],
      isAggregated: true,
      rawRows: false,
      limit: 20,
      orderBy: ['n'],
      subqueryCount: 0,
    })
  })

  test('a query of single records without a limit gives raw rows', () => {
    assert.equal(describeQuery(read('source logs | filter a == 1')).rawRows, true)
    assert.equal(describeQuery(read('source logs | limit 5')).rawRows, false)
    assert.equal(describeQuery(read('source logs | count')).rawRows, false)
    assert.equal(describeQuery(read('source logs | top 3 host by ms')).isAggregated, false)
    assert.equal(describeQuery(read('source logs | top 3 host by max(ms)')).isAggregated, true)
  })

  test('every form of time range is told apart', () => {
    const range = (text: string) => describeQuery(read(`source logs ${text}`)).timeRange

    assert.equal(range(''), null)
    assert.deepEqual(range("between @'2025-03-01' and @'now' - 1h"), {
      kind: 'between',
      from: "@'2025-03-01'",
      to: "@'now' - 1h",
    })
    assert.deepEqual(range("around @'now'"), { kind: 'around', time: "@'now'", interval: null })
    assert.deepEqual(range('timeshifted -1d'), { kind: 'timeshifted', interval: '-1d', seconds: -86400 })
    assert.deepEqual(range('last 30m * 2'), { kind: 'last', interval: '30m * 2', seconds: null })
  })

  test('a query with nothing in it has no facts', () => {
    const facts = describeQuery(read(''))

    assert.equal(facts.source, null)
    assert.deepEqual(facts.commands, [])
  })
})

describe('complexityOf', () => {
  test('grows with what a query has and stays between 0 and 1', () => {
    const texts = [
      'source logs',
      'source logs | limit 5',
      'source logs | filter a == 1 | limit 5',
      'source logs | filter a == 1 && b == 2 | groupby c aggregate count() as n | limit 5',
      'source logs | filter a == 1 && b == 2 | join (source x | filter y == 1) using k into j | groupby c, d aggregate count() as n, avg(e / 2) as f | filter n > f | orderby n desc | limit 5',
    ]
    const scores = texts.map((text) => complexityOf(read(text)).score)

    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => a - b),
    )
    assert.equal(new Set(scores).size, scores.length)
    assert.ok(scores.every((score) => score > 0 && score < 1))
    assert.equal(complexityOf(read('source logs')).level, 'low')
    assert.equal(complexityOf(read(texts.at(-1) as string)).level, 'high')
  })

  test('counts the parts', () => {
    const { score, level, ...counts } = complexityOf(
      read(
        "source logs | filter !(a == 1) && b.matches(/x/) | wildfind 'y' | groupby c, d aggregate count() | create e from case { f -> 1, _ -> 2 }",
      ),
    )

    assert.deepEqual(counts, {
      stageCount: 5,
      subqueryCount: 0,
      operatorCount: 3,
      callCount: 2,
      aggregateCount: 1,
      groupKeyCount: 2,
      caseArmCount: 2,
      textSearchCount: 2,
      expressionDepth: 4,
    })
  })

  test('nothing that is added to a query makes it less complex', () => {
    fc.assert(
      fc.property(arbitraryQuery, arbitraryQuery, arbitraryExpression, (query, more, condition) => {
        const { score } = complexityOf(query)
        const longer = build.query([...query.stages, ...more.stages])
        const filter = build.stage<FilterStage>({ kind: 'FilterStage', predicate: condition })
        const narrower = {
          ...filter,
          predicate: build.allOf([condition, build.not(condition)]) as Expression,
        }
        const union = build.stage<UnionStage>({ kind: 'UnionStage', query })

        assert.ok(complexityOf(longer).score >= score)
        assert.ok(complexityOf(build.query([union])).score > score)
        assert.ok(complexityOf(build.query([narrower])).score > complexityOf(build.query([filter])).score)
      }),
      { numRuns: 300, seed: 6 },
    )
  })

  test('no query is so large that its score is 1', () => {
    assert.equal(complexityOf(read(`filter a${' || a'.repeat(100_000)}`)).score, 0.999)
  })

  test('a long chain of one operator is one level deep', () => {
    assert.equal(complexityOf(read(`filter a${' || a'.repeat(50)}`)).expressionDepth, 2)
  })
})

describe('fingerprintOf', () => {
  test('is the same for queries that look for other values', () => {
    const fingerprints = [
      "source logs last 1h | filter $d.a == 'x' && b.in('p', 'q') && c > -5 && t > @'now' | limit 10",
      "source logs last 2d | f a=='y' && $d.b.in('r') && c>7 && $d.t > @'2025-03-01' | limit 99",
    ].map((text) => fingerprintOf(read(text)))

    assert.equal(
      fingerprints[0],
      'source logs last ? | filter a == ? && b.in(?) && c > ? && t > @? | limit ?',
    )
    assert.equal(fingerprints[1], fingerprints[0])
  })

  test('keeps what a query is about', () => {
    assert.equal(
      fingerprintOf(
        read(
          "filter $m.severity == ERROR && tags['http.route'] == null && [1, 2].arrayContains(x) && a.b == `c {d}`",
        ),
      ),
      "filter $m.severity == ERROR && tags['http.route'] == null && [?].arrayContains(x) && a.b == `?{d}`",
    )
  })
})

describe('syntaxScore', () => {
  const score = (text: string) => {
    const { query, diagnostics } = analyse(text)
    return syntaxScore(diagnostics, query)
  }

  test('is 1 for a clean query and 0 for none', () => {
    assert.equal(score('source logs | limit 5'), 1)
    assert.equal(score(''), 0)
    assert.equal(score('nonsense'), 0)
  })

  test('goes down with warnings and stays above every query with an error', () => {
    assert.equal(score('source logs | filter a == "x"'), 0.96)
    assert.equal(score(`source logs | filter ${Array(50).fill('a == "x"').join(' && ')}`), 0.8)
    assert.ok(score('source logs | filter a == 1 | filter b == 1 | filter c == 1 | limit x') < 0.8)
  })

  test('one more diagnostic never makes it larger', () => {
    const severity = fc.constantFrom<DiagnosticSeverity>('error', 'warning', 'info')
    const place = fc.integer({ min: 0, max: 60 })
    const diagnostic = fc.record({ severity, place }).map(({ severity, place: start }): Diagnostic => {
      return { code: 'DP0000', severity, message: '', range: { start, end: start + 1 }, hints: [] }
    })
    const { query } = parse('source logs | filter a == 1 | groupby b | orderby c | limit 5')

    fc.assert(
      fc.property(fc.array(diagnostic), diagnostic, (diagnostics, more) => {
        const before = syntaxScore(diagnostics, query)
        const after = syntaxScore([...diagnostics, more], query)
        assert.ok(after <= before && after >= 0 && before <= 1)
      }),
      { numRuns: 1000, seed: 7 },
    )
  })

  test('goes down with the share of stages that have errors', () => {
    assert.equal(score('source logs | limit x'), 0.3)
    assert.equal(score('source logs | limit x | limit y | limit 5'), 0.3)
    assert.equal(score('source logs | filter f( | limit y'), 0.2)
  })
})

test('the definitions of the scores hold the numbers they are computed with', () => {
  const { syntax_score, complexity_score } = SCORES

  assert.match(
    syntax_score.rules.join('\n'),
    /1, less 0\.04 for each warning, never below 0\.8\n.*0\.6 times/,
  )
  assert.match(complexity_score.rules.join('\n'), /points = 2 × stages.*\n.*points \+ 30\), 0\.999 at most/)
})
