import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { askQuestion } from '../question'
import { readTimeBucket } from './read-time-bucket'
import { readTimeframe } from './read-timeframe'
import { presentAt } from './time-point'
import type { Timeframe } from './timeframe'

/** Wednesday 12 March 2025, 10:20 UTC. */
const NOW = '2025-03-12T10:20:00Z'

function read(text: string, timezone = 'UTC', now = NOW): string {
  const question = askQuestion(text)
  readTimeBucket(question)
  return show(readTimeframe(question, presentAt(new Date(now), timezone)).timeframe)
}

function show(timeframe: Timeframe | null): string {
  if (timeframe === null) return 'none'
  if (timeframe.kind === 'last') return `last ${timeframe.interval.amount}${timeframe.interval.unit}`
  if (timeframe.kind === 'around') return `around ${iso(timeframe.at)}`
  return `${iso(timeframe.from)} .. ${timeframe.to === 'now' ? 'now' : iso(timeframe.to)}`
}

function iso(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z').replace('T00:00:00Z', '')
}

describe('lengths of time', () => {
  const table: readonly (readonly [string, string])[] = [
    ['errors in the last hour', 'last 1h'],
    ['errors over the past 40 minutes', 'last 40m'],
    ['errors, last 90 minutes', 'last 90m'],
    ['errors, last 25m', 'last 25m'],
    ['errors last 1h30m', 'last 90m'],
    ['DeadlockDetected in the last quarter of an hour', 'last 15m'],
    ['errors over the last three quarters of an hour', 'last 45m'],
    ['errors of the past half an hour', 'last 30m'],
    ['errors during the past half day', 'last 12h'],
    ['errors in the last half a day', 'last 12h'],
    ['errors over the last three weeks', 'last 21d'],
    ['errors in the past week', 'last 7d'],
    ['errors in the last fortnight', 'last 14d'],
    ['errors in the last month', 'last 30d'],
    ['errors in the past two and a half hours', 'last 150m'],
    ['errors in the last hour and a half', 'last 90m'],
    ['errors in the past 1.5 hours', 'last 90m'],
    ['errors within the last day', 'last 1d'],
    ['errors over the last 36 hours', 'last 36h'],
    ['errors in the last 24h', 'last 24h'],
    ['errors in the last couple of hours', 'last 2h'],
    ['errors in the last few minutes', 'last 3m'],
    ['errors in the last twenty five minutes', 'last 25m'],
    ['errors from the previous 10 days', 'last 10d'],
    ['failing logins in 30 minutes', 'last 30m'],
    ['page views per device, five days', 'last 5d'],
    ['errors over 7 days', 'last 7d'],
    ['spans over 4 seconds', 'none'],
    ['the last 5 errors', 'none'],
    ['all errors', 'none'],
    ['pods using more than 6 GB of memory right now', 'none'],
    ['log lines that say "last 3 hours"', 'none'],
  ]
  for (const [text, expected] of table) {
    it(`“${text}” is ${expected}`, () => assert.equal(read(text), expected))
  }
})

describe('calendar ranges', () => {
  const table: readonly (readonly [string, string])[] = [
    ['which hosts logged criticals since 06:00?', '2025-03-12T06:00:00Z .. now'],
    ['errors since 11:00', '2025-03-11T11:00:00Z .. now'],
    ['errors since 9am', '2025-03-12T09:00:00Z .. now'],
    ['errors since 9:30 pm', '2025-03-11T21:30:00Z .. now'],
    ['errors since midnight', '2025-03-12 .. now'],
    ['errors since noon yesterday', '2025-03-11T12:00:00Z .. now'],
    ['retries since last friday', '2025-03-07 .. now'],
    ['retries since wednesday', '2025-03-12 .. now'],
    ['retries since last wednesday', '2025-03-05 .. now'],
    ['errors since 3 hours ago', '2025-03-12T07:20:00Z .. now'],
    ['errors since 3 days ago', '2025-03-09 .. now'],
    ['errors since yesterday 9am', '2025-03-11T09:00:00Z .. now'],
    ['errors since March 3rd', '2025-03-03 .. now'],
    ['errors since the start of the week', '2025-03-10 .. now'],
    ['errors this month', '2025-03-01 .. now'],
    ['errors this week', '2025-03-10 .. now'],
    ['errors this year', '2025-01-01 .. now'],
    ['errors month to date', '2025-03-01 .. now'],
    ['errors today', '2025-03-12 .. now'],
    ['errors so far today', '2025-03-12 .. now'],
    ['errors yesterday', '2025-03-11 .. 2025-03-12'],
    ['errors from yesterday', '2025-03-11 .. 2025-03-12'],
    ['errors the day before yesterday', '2025-03-10 .. 2025-03-11'],
    ['errors last month', '2025-02-01 .. 2025-03-01'],
    ['errors in the previous week', '2025-03-03 .. 2025-03-10'],
    ['errors last weekend', '2025-03-08 .. 2025-03-10'],
    ['errors over the weekend', '2025-03-08 .. 2025-03-10'],
    ['errors in Q1', '2025-01-01 .. now'],
    ['errors in Q3', '2024-07-01 .. 2024-10-01'],
    ['errors in q4 2024', '2024-10-01 .. 2025-01-01'],
    ['errors in the last quarter', '2024-10-01 .. 2025-01-01'],
    ['errors on monday', '2025-03-10 .. 2025-03-11'],
    ['errors on friday', '2025-03-07 .. 2025-03-08'],
    ['errors last friday', '2025-03-07 .. 2025-03-08'],
    ['errors on March 3rd', '2025-03-03 .. 2025-03-04'],
    ['errors on 3 March', '2025-03-03 .. 2025-03-04'],
    ['errors on the 3rd of March 2024', '2024-03-03 .. 2024-03-04'],
    ['errors on December 24, 2024', '2024-12-24 .. 2024-12-25'],
    ['errors on december 24', '2024-12-24 .. 2024-12-25'],
    ['errors in february', '2025-02-01 .. 2025-03-01'],
    ['errors in november', '2024-11-01 .. 2024-12-01'],
    ['errors on 2025-03-01', '2025-03-01 .. 2025-03-02'],
    ['errors this morning', '2025-03-12T06:00:00Z .. now'],
    ['errors yesterday evening', '2025-03-11T18:00:00Z .. 2025-03-12'],
    ['errors two days ago', '2025-03-10 .. 2025-03-11'],
    ['sign-ins last night between 1 and 5am', '2025-03-12T01:00:00Z .. 2025-03-12T05:00:00Z'],
    ['sign-ins last night between 11pm and 3am', '2025-03-11T23:00:00Z .. 2025-03-12T03:00:00Z'],
    ['errors last night', '2025-03-11T18:00:00Z .. 2025-03-12T06:00:00Z'],
    ['between 07:10 and 07:25 today', '2025-03-12T07:10:00Z .. 2025-03-12T07:25:00Z'],
    ['errors between 07:10 and 07:25', '2025-03-12T07:10:00Z .. 2025-03-12T07:25:00Z'],
    ['errors between 22:00 and 23:30', '2025-03-11T22:00:00Z .. 2025-03-11T23:30:00Z'],
    ['errors yesterday from 22:00 to 02:00', '2025-03-11T22:00:00Z .. 2025-03-12T02:00:00Z'],
    ['errors yesterday between 9 and 10', '2025-03-11T09:00:00Z .. 2025-03-11T10:00:00Z'],
    ['errors 9-10am yesterday', '2025-03-11T09:00:00Z .. 2025-03-11T10:00:00Z'],
    ['errors on monday, 9am to 5pm', '2025-03-10T09:00:00Z .. 2025-03-10T17:00:00Z'],
    ['errors from 2025-03-01 to 2025-03-05', '2025-03-01 .. 2025-03-06'],
    ['errors from monday to tuesday', '2025-03-10 .. 2025-03-12'],
    ['errors from 9am until now', '2025-03-12T09:00:00Z .. now'],
    [
      'errors between 2025-03-01T10:00:00Z and 2025-03-01T12:30:00+02:00',
      '2025-03-01T10:00:00Z .. 2025-03-01T10:30:00Z',
    ],
    ['errors before 9am today', '2025-03-12 .. 2025-03-12T09:00:00Z'],
    ['errors yesterday 9am', '2025-03-11T09:00:00Z .. 2025-03-11T10:00:00Z'],
    ['errors around 9am yesterday', 'around 2025-03-11T09:00:00Z'],
    ['what happened at 08:15 today', 'around 2025-03-12T08:15:00Z'],
    ['errors between 400 and 499', 'none'],
    ['which may fail', 'none'],
    ['order book for two at eight', 'none'],
  ]
  for (const [text, expected] of table)
    it(`“${text}” is ${expected}`, () => assert.equal(read(text), expected))
})

describe('time zones', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['errors since 06:00', 'Europe/Zurich', '2025-03-12T05:00:00Z .. now'],
    ['errors today', 'America/New_York', '2025-03-12T04:00:00Z .. now'],
    ['errors yesterday', 'Asia/Kolkata', '2025-03-10T18:30:00Z .. 2025-03-11T18:30:00Z'],
    ['errors this month', 'America/New_York', '2025-03-01T05:00:00Z .. now'],
    ['errors since 8am', 'America/Los_Angeles', '2025-03-11T15:00:00Z .. now'],
    ['errors on March 9th', 'America/New_York', '2025-03-09T05:00:00Z .. 2025-03-10T04:00:00Z'],
  ]
  for (const [text, timezone, expected] of table) {
    it(`“${text}” in ${timezone} is ${expected}`, () => assert.equal(read(text, timezone), expected))
  }

  it('counts days across midnight in the zone, not in UTC', () => {
    assert.equal(
      read('errors yesterday', 'Asia/Tokyo', '2025-03-12T16:00:00Z'),
      '2025-03-11T15:00:00Z .. 2025-03-12T15:00:00Z',
    )
  })

  it('rejects a zone that does not exist', () => {
    assert.throws(() => read('errors today', 'Mars/Olympus'), RangeError)
  })
})

describe('time buckets', () => {
  const table: readonly (readonly [string, string])[] = [
    ['warnings each 30 seconds', '30s'],
    ['share of failing spans per half hour', '30m'],
    ['peak cpu every quarter hour by pod', '15m'],
    ['monthly errors', '30d'],
    ['throughput in 2 minute steps', '2m'],
    ['errors in 5-minute buckets', '5m'],
    ['errors in buckets of 10 minutes', '10m'],
    ['distinct sessions each day', '1d'],
    ['errors by the hour', '1h'],
    ['hourly errors', '1h'],
    ['errors per minute', '1m'],
    ['errors by week', '7d'],
    ['errors over time', 'auto'],
    ['errors by host', 'none'],
    ['errors in the last 5 minutes', 'none'],
  ]
  for (const [text, expected] of table) {
    it(`“${text}” is ${expected}`, () => {
      const bucket = readTimeBucket(askQuestion(text))
      const shown =
        bucket === null
          ? 'none'
          : bucket.interval === null
            ? 'auto'
            : `${bucket.interval.amount}${bucket.interval.unit}`

      assert.equal(shown, expected)
    })
  }
})
