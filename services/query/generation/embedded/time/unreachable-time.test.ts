import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasErrors, parse } from '#dataprime'
import { ask, askQuery } from '../testing/ask'

describe('times that no query can say', () => {
  const unreachable: readonly (readonly [string, string])[] = [
    ['errors 99999999 weeks ago', '99999999 weeks ago'],
    ['errors 300000 years ago', '300000 years ago'],
    ['errors 9999 years ago', '9999 years ago'],
    ['errors 1950 years ago', '1950 years ago'],
    ['errors 99999999 days ago', '99999999 days ago'],
    ['errors since 99999999999 hours ago', 'since 99999999999 hours ago'],
    ['errors in the last 99999999999999999999 hours', 'in the last 99999999999999999999 hours'],
    ['errors since 99999 years', 'since 99999 years'],
    [`errors in the last ${'9'.repeat(400)} days`, `in the last ${'9'.repeat(400)} days`],
    ['errors on 0075-03-01', 'on 0075-03-01'],
    ['errors on 9999-12-31', 'on 9999-12-31'],
    ['errors every 99999999999 weeks', 'every 99999999999 weeks'],
  ]
  for (const [question, said] of unreachable) {
    it(`are asked about: ${question.slice(0, 60)}`, async () => {
      const result = await ask(question)

      assert.ok(result.outcome === 'clarify', result.outcome)
      assert.ok(result.question.includes(`“${said}” is out of range`), result.question)
    })
  }

  it('are asked about in a follow-up', async () => {
    for (const question of ['widen it to 99999999999 hours', 'and 99999999 weeks ago?'])
      assert.equal(await askQuery(question, { previousQuery: 'source logs last 1h' }), 'clarify', question)
  })

  it('leave the longest times that can be said alone', async () => {
    assert.equal(
      await askQuery('errors in the last 100 years'),
      'source logs last 36500d | filter $m.severity == ERROR',
    )
    assert.equal(
      await askQuery('errors 54 years ago'),
      "source logs between @'1971-03-26T00:00:00Z' and @'1971-03-27T00:00:00Z' | filter $m.severity == ERROR",
    )
  })
})

describe('any amount of time', () => {
  const amounts = [
    '0',
    '0.0001',
    '1',
    '2.5',
    '55',
    '1970',
    '9999',
    '99999999',
    '9'.repeat(20),
    '9'.repeat(330),
  ]
  const units = ['ms', 'seconds', 'minutes', 'hours', 'days', 'weeks', 'months', 'years']
  const phrases = [
    '# ago',
    'in the last #',
    'since #',
    'since # ago',
    'every #',
    'between # ago and now',
    'before # ago',
  ]
  const moments = [
    'yesterday 9am',
    'today',
    'last night',
    'last year',
    'before 9am',
    'around 14:05',
    'between 1 and 5am',
  ]
  const nows = [
    '2025-03-12T10:20:00Z',
    '1970-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '9999-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
    '-000001-06-01T00:00:00Z',
    '-271821-04-20T00:00:00Z',
    '+275760-09-13T00:00:00Z',
  ]
  const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Kiritimati']
  const spans = amounts.flatMap((amount) =>
    units.flatMap((unit) => phrases.map((phrase) => phrase.replace('#', `${amount} ${unit}`))),
  )

  for (const now of nows) {
    it(`is answered at ${now} in every zone`, async () => {
      for (const [at, said] of [...spans, ...moments].entries()) {
        for (const timezone of at % 7 === 0 || at >= spans.length
          ? zones
          : [zones[at % zones.length] as string])
          await answersWithinBounds(`errors ${said}`, new Date(now), timezone)
      }
    })
  }
})

async function answersWithinBounds(question: string, now: Date, timezone: string): Promise<void> {
  const asked = `${question} at ${now.toISOString()} in ${timezone}`
  const result = await ask(question, { now, timezone })
  if (result.outcome !== 'query') return
  assert.ok(!hasErrors(parse(result.query).diagnostics), `${asked}: ${result.query}`)
  for (const [, date] of result.query.matchAll(/@'([^']*)'/g)) {
    assert.match(date as string, /^now$|^(?:19[7-9]|[2-9]\d\d)\d-\d\d-\d\dT[\d:.]+Z$/, asked)
  }
  for (const [, amount] of result.query.matchAll(/(?:last |interval ?\(?|\/ ?)(\S+)/g)) {
    assert.match(amount as string, /^\d{1,13}(?:d|h|m|s|ms)\b/, `${asked}: ${result.query}`)
  }
  assert.doesNotMatch(result.query, /NaN|Infinity|\de[+-]?\d/, asked)
}
