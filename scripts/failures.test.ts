import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyNoBroker } from '../test/support/broker'
import { runCommand } from './cli/command'
import { recordingTerminal } from './cli/testing/recording-terminal'
import { failuresCommand } from './failures'
import type { ScenarioCounts } from './failures/counts-table'

// The scenarios themselves take minutes; this keeps the command and what they stand on from falling to pieces.
test('a scenario runs on every driver, and its counts are told', async () => {
  const { terminal, output, warnings } = recordingTerminal()

  const args = ['--only', 'worker-killed', '--messages', '150', '--json']
  const code = await runCommand(failuresCommand, args, { terminal, environment: {} })

  assert.equal(code, 0, warnings())
  const scenarios: ScenarioCounts[] = JSON.parse(output())
  assert.deepEqual(
    scenarios.map(({ scenario, driver }) => `${scenario}, ${driver}`),
    ['sqlite', ...(whyNoBroker() === false ? ['rabbitmq'] : [])].map(
      (driver) => `worker killed mid-job, ${driver}`,
    ),
  )
  for (const { counts } of scenarios) {
    const { sent, accepted, stored, lost, broken, redeliveries = 0 } = counts
    assert.deepEqual([sent, accepted, stored, lost, broken], [150, 150, 150, 0, 0])
    assert.equal(counts['stored twice'], 0)
    assert.ok(redeliveries > 0)
  }
})

for (const [args, expected] of [
  [['--only', 'earthquake'], /--only takes one of .*worker-killed.*, found "earthquake"/],
  [['--messages', '99'], /--messages/],
] as const) {
  test(`${args.join(' ')} is refused`, async () => {
    const { terminal, warnings } = recordingTerminal()

    assert.equal(await runCommand(failuresCommand, args, { terminal, environment: {} }), 2)
    assert.match(warnings(), expected)
  })
}
