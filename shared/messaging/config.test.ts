import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ConfigError, loadConfig } from '#shared/config'
import { messagingConfigSchema } from './config'
import { declarationsOf } from './drivers/rabbitmq/declarations'
import { PhysicalNames } from './drivers/rabbitmq/physical-names'
import { createMeshTopology } from './mesh-topology'

const load = (env: Record<string, string>) => loadConfig(messagingConfigSchema, env)
const bindingsOf = (text: string) => load({ EVENT_BINDINGS: text }).EVENT_BINDINGS

describe('EVENT_BINDINGS', () => {
  test('names queues of the mesh and others, each with its patterns', () => {
    assert.deepEqual(bindingsOf('events.storage=query.*, events.storage=app.#,alerts=errors.#,'), [
      { queue: 'events.storage', pattern: 'query.*' },
      { queue: 'events.storage', pattern: 'app.#' },
      { queue: 'alerts', pattern: 'errors.#' },
    ])
    assert.deepEqual(bindingsOf(','), [])
  })

  for (const [text, says] of [
    ['alerts', 'expected queue=pattern, found "alerts"'],
    ['alerts=', 'expected queue=pattern, found "alerts="'],
    ['alerts=a=b', 'expected queue=pattern, found "alerts=a=b"'],
    ['al erts=#', 'expected queue=pattern, found "al erts=#"'],
    ['processing.jobs=#', 'processing.jobs is a queue of the mesh with another purpose'],
    ['processing.jobs.high=#', 'processing.jobs is a queue of the mesh with another purpose'],
    ['chat_responses=#', 'chat_responses is a queue of the mesh with another purpose'],
    ['alerts.dlq=#', 'names that end with .dlq are those of dead letters'],
    ['retry.5s=#', 'names that begin with retry. are'],
    ['amq.alerts=#', 'names that begin with amq. are'],
  ] as const) {
    test(`${text} is refused at the start`, () => {
      assert.throws(
        () => bindingsOf(`events.storage=#,${text}`),
        (error: unknown) => {
          assert.ok(error instanceof ConfigError)
          assert.ok(error.message.includes('EVENT_BINDINGS: '), error.message)
          assert.ok(error.message.includes(says), error.message)
          return true
        },
      )
    })
  }

  test('takes no name that a broker is told to have for something else', () => {
    const topology = createMeshTopology(load({ EVENT_BINDINGS: ',', QUEUE_PRIORITIES: 'true' }))
    const declared = declarationsOf(topology, new PhysicalNames()).filter(({ kind }) => kind === 'queue')

    const names = declared.map((declaration) => ('name' in declaration ? declaration.name : ''))
    assert.ok(names.length > 8)
    for (const name of names) assert.throws(() => bindingsOf(`${name}=#`), ConfigError, name)
  })
})
