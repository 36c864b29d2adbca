import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runHealthChecks } from './health'

test('a summary is as bad as its worst check', async () => {
  const summary = await runHealthChecks(
    [
      { name: 'fine', check: () => ({ status: 'healthy' }) },
      { name: 'slow', check: async () => ({ status: 'degraded', detail: 'late' }) },
    ],
    100,
  )

  assert.deepEqual(summary, {
    status: 'degraded',
    checks: { fine: { status: 'healthy' }, slow: { status: 'degraded', detail: 'late' } },
  })
})

test('a check that throws or never answers is unhealthy and says why', async () => {
  const summary = await runHealthChecks(
    [
      {
        name: 'broken',
        check: () => {
          throw new Error('no disk')
        },
      },
      { name: 'silent', check: () => new Promise(() => undefined) },
    ],
    20,
  )

  assert.equal(summary.status, 'unhealthy')
  assert.equal(summary.checks.broken?.detail, 'no disk')
  assert.match(summary.checks.silent?.detail ?? '', /20 ms/)
})
