import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordingTerminal } from '../cli/testing/recording-terminal'
import { printReadySummary, type ReadySummary } from './ready-summary'

const summary: ReadySummary = {
  ready: true,
  pid: 42,
  start_ms: 2_130,
  members: [
    { name: 'gateway', url: 'http://127.0.0.1:5000' },
    { name: 'storage', url: 'http://127.0.0.1:5005' },
  ],
  gateway_url: 'http://127.0.0.1:5000',
  inspector_url: 'http://127.0.0.1:4318',
  traces: ['http://127.0.0.1:4318/traces', 'Coralogix, eu2.coralogix.com (CX_TOKEN is set)'],
  log: null,
}

test('the time, every address, a curl, where traces go and how to stop are printed', () => {
  const { terminal, output } = recordingTerminal()

  printReadySummary(summary, terminal)

  assert.match(output(), /ready after 2\.1 s/)
  assert.match(output(), /storage +http:\/\/127\.0\.0\.1:5005/)
  assert.match(output(), /ask +curl -s http:\/\/127\.0\.0\.1:5000\/api\/generate-query/)
  assert.match(output(), /traces +http:\/\/127\.0\.0\.1:4318\/traces\n +Coralogix/)
  assert.match(output(), /stop +Ctrl-C/)
})

test('a detached mesh names its log, a partial one without gateway no curl', () => {
  const { terminal, output } = recordingTerminal()

  printReadySummary({ ...summary, gateway_url: null, log: '/mesh/.run/mesh.log' }, terminal)

  assert.match(output(), /log +\/mesh\/\.run\/mesh\.log/)
  assert.doesNotMatch(output(), /curl|Ctrl-C/)
})
