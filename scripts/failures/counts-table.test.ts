import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCountsLine, renderCounts } from './counts-table'

const LINE = 'ℹ counts | disk full | sqlite | sent 3000 | stored twice 0 | seconds 11.5'

test('the counts of a scenario are read from its line, whatever stands before', () => {
  assert.deepEqual(parseCountsLine(LINE), {
    scenario: 'disk full',
    driver: 'sqlite',
    counts: { sent: 3000, 'stored twice': 0, seconds: 11.5 },
  })
})

test('any other line has no counts', () => {
  assert.equal(parseCountsLine('✔ (sqlite) a full disk refuses new messages (11502.1ms)'), undefined)
  assert.equal(parseCountsLine('ℹ counts | disk full'), undefined)
})

test('the table has a line for each scenario, numbers to the right', () => {
  const counts = { sent: 3000, lost: 0 }

  const table = renderCounts([
    { scenario: 'disk full', driver: 'sqlite', counts },
    { scenario: 'storage killed', driver: 'rabbitmq', counts: { ...counts, lost: 12 } },
  ])

  assert.equal(
    table,
    [
      '| scenario       | driver   | sent | lost |',
      '|----------------|----------|-----:|-----:|',
      '| disk full      | sqlite   | 3000 |    0 |',
      '| storage killed | rabbitmq | 3000 |   12 |',
    ].join('\n'),
  )
})
