import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { runCommand } from './cli/command'
import { recordingTerminal } from './cli/testing/recording-terminal'
import { demoCommand } from './demo'
import { freePort } from './supervisor/testing/free-port'
import { type Override, startFakeMesh } from './testing/fake-mesh'

async function demo(t: TestContext, args: readonly string[] = [], override?: Override) {
  const mesh = await startFakeMesh(t, override === undefined ? {} : { override })
  const { terminal, output, warnings } = recordingTerminal()
  const code = await runCommand(demoCommand, args, { terminal, environment: mesh.environment })
  return { code, output: output(), warnings: warnings(), mesh }
}

test('tells every step with its curl and what came of it', async (t) => {
  const { code, output, mesh } = await demo(t)

  assert.equal(code, 0)
  const titles = output.match(/^\d\. .*$/gm) ?? []
  assert.deepEqual(
    titles.map((title) => Number(title[0])),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  )
  assert.equal(output.match(/^\$ curl -s http/gm)?.length, 9)
  assert.match(output, /^validation_service {2}healthy, 1 ms$/m)
  assert.match(output, /^background +processed and stored$/m)
  assert.match(output, /^the waterfall$/m)
  assert.match(output, /^stored +f-1, rating 5$/m)
  assert.match(output, /^questions {2}1$/m)
  assert.match(output, /^No query: This is not a question/m)
  const asked = mesh.gateway.requests.filter(({ path }) => path === '/api/generate-query')
  const followUp = asked.at(-1)?.body as { conversation_id: string; previous_query: string }
  assert.match(followUp.conversation_id, /^demo-/)
  assert.match(followUp.previous_query, /^source logs/)
})

test('--json prints what the steps brought, and no story', async (t) => {
  const { code, output } = await demo(t, ['--json'])

  const result = JSON.parse(output)
  assert.equal(code, 0)
  assert.deepEqual(Object.keys(result), [
    'health',
    'question',
    'background',
    'trace',
    'feedback',
    'stats',
    'refusal',
    'follow_up',
    'later',
  ])
  assert.equal(result.trace.spans.length, 6)
  assert.equal(result.refusal.outcome, 'refused')
  assert.match(result.later.query, /^source logs/)
})

test('a step that the mesh answers with an error ends the story with it', async (t) => {
  const { code, output, warnings } = await demo(t, [], ({ path }) =>
    path === '/api/feedback'
      ? { status: 503, body: { code: 'service-unavailable', title: 'Down' } }
      : undefined,
  )

  assert.equal(code, 1)
  assert.equal(warnings, '503 service-unavailable: Down')
  assert.doesNotMatch(output, /^6\./m)
})

test('a mesh that does not run is one line', async () => {
  const { terminal, warnings } = recordingTerminal()
  const environment = { GATEWAY_PORT: String(await freePort()) }

  const code = await runCommand(demoCommand, [], { terminal, environment })

  assert.equal(code, 1)
  assert.match(warnings(), /nothing answers at .*start\.sh/)
})
