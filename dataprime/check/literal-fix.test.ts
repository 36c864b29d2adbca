import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse } from '../analyse'
import { hasErrors } from '../diagnostics/diagnostic'
import { repair } from '../repair/repair'

/** The text with all that can be fixed put right, doubts too. */
function fixAll(text: string): string {
  return repair(text, { settleWarnings: true }).query
}

const FIXES: readonly (readonly [found: string, fixed: string])[] = [
  ["filter $m.timestamp > '2025-03-01'", "filter $m.timestamp > @'2025-03-01'"],
  ["filter '2025-03-01T08:15:30.5Z' <= $m.timestamp", "filter @'2025-03-01T08:15:30.5Z' <= $m.timestamp"],
  ["filter $m.timestamp > '2025-03-01 08:15+01:00'", "filter $m.timestamp > @'2025-03-01T08:15+01:00'"],
  ["filter $m.timestamp < 'now' - 1h", "filter $m.timestamp < @'now' - 1h"],
  ["filter $m.timestamp > now() - '1h30m'", 'filter $m.timestamp > now() - 1h30m'],
  ["filter now() - $m.timestamp > '5 minutes'", 'filter now() - $m.timestamp > 5m'],
  ["groupby $m.timestamp / '15m' as t count()", 'groupby $m.timestamp / 15m as t count()'],
  [
    "groupby $m.timestamp.roundTime('1 Hour') as t count()",
    'groupby $m.timestamp.roundTime(1h) as t count()',
  ],
  ["create a from addTime($m.timestamp, '-2days')", 'create a from addTime($m.timestamp, -2d)'],
  ["roundtime to '500 millis'", 'roundtime to 500ms'],
  ["filter code:number == '500'", 'filter code:number == 500'],
  ["filter '-1.5' < code:number", 'filter -1.5 < code:number'],
  ["filter ok:bool == 'true'", 'filter ok:bool == true'],
  ["filter code:number.in('500', 501)", 'filter code:number.in(500, 501)'],
  ["create a from round(b, '2')", 'create a from round(b, 2)'],
  ["create a from '2025-03-01'.formatTimestamp('%d')", "create a from @'2025-03-01'.formatTimestamp('%d')"],
  ["create a from toUnixTime($m.timestamp, 'seconds')", "create a from toUnixTime($m.timestamp, 'second')"],
  ['filter path == /^a/ && msg ~ /b|c/', 'filter path .matches( /^a/) && msg .matches( /b|c/)'],
  ['filter (path) == (/^a/)', 'filter (path) .matches( (/^a/))'],
  ["filter kind.in(['a', 'b'])", "filter kind.in('a', 'b')"],
]

test('a literal that is meant otherwise than it is written is written as it is meant', () => {
  for (const [found, fixed] of FIXES) {
    assert.equal(fixAll(`source logs | ${found}`), `source logs | ${fixed}`)

    const again = analyse(`source logs | ${fixed}`).diagnostics
    assert.ok(!hasErrors(again), fixed)
    assert.deepEqual(
      again.filter(({ fix }) => fix !== undefined),
      [],
      fixed,
    )
  }
})

test('a time range between strings is fixed', () => {
  assert.equal(
    fixAll("source logs between '2025-03-01' and 'now' | limit 1"),
    "source logs between @'2025-03-01' and @'now' | limit 1",
  )
  assert.equal(fixAll("source logs around '2025-03-01'"), "source logs around @'2025-03-01'")
})

test('what only looks a little like a literal is left alone', () => {
  for (const text of [
    "filter $m.timestamp > 'yesterday'",
    "filter $m.timestamp > '2025'",
    "filter now() - $m.timestamp > '5'",
    "filter now() - $m.timestamp > '5 lightyears'",
    "filter now() - $m.timestamp > '5M'",
    'filter now() - $m.timestamp > 300',
    "filter code:number == '5e3'",
    "filter ok:bool == 'yes'",
    'filter (a + b) == /x/',
    'filter path != /x/',
    "create a from toUnixTime($m.timestamp, 'fortnight')",
  ]) {
    assert.equal(fixAll(`source logs | ${text}`), `source logs | ${text}`)
  }
})
