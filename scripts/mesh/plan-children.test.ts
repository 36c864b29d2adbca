import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment } from '#shared/config'
import { loadMeshConfig } from './mesh-config'
import { planChildren } from './plan-children'

function plan(environment: Environment = {}, { readByPeople = false, color = false } = {}) {
  const config = loadMeshConfig(environment)
  const options = { root: '/mesh', config, environment, readByPeople, color }
  const [queue, inspector] = planChildren(['queue', 'inspector'], options)
  assert.ok(queue && inspector)
  return { queue, inspector }
}

test('a service runs with telemetry preloaded, the inspector without', () => {
  const { queue, inspector } = plan()

  assert.equal(queue.command, process.execPath)
  assert.deepEqual(queue.args, [
    '--require',
    '/mesh/dist/scripts/supervisor/follow-parent.js',
    '--require',
    '/mesh/dist/shared/telemetry/register.js',
    '/mesh/dist/services/queue/main.js',
  ])
  assert.deepEqual(inspector.args.slice(2), ['/mesh/dist/inspector/main.js'])
})

test('only the inspector stops last', () => {
  const { queue, inspector } = plan()

  assert.ok(Number(queue.stopPhase) < Number(inspector.stopPhase))
})

test('children keep compiled code below node_modules unless told where', () => {
  assert.equal(plan().queue.environment.NODE_COMPILE_CACHE, '/mesh/node_modules/.cache/node-compile-cache')
  assert.equal(plan({ NODE_COMPILE_CACHE: '/cache' }).queue.environment.NODE_COMPILE_CACHE, '/cache')
})

test('lines are pretty for people and left to the services for programs; a choice stands', () => {
  const forPeople = { readByPeople: true, color: true }

  assert.equal(plan({}, forPeople).queue.environment.LOG_FORMAT, 'pretty')
  assert.equal(plan({}, forPeople).queue.environment.FORCE_COLOR, '1')
  assert.equal(plan().queue.environment.LOG_FORMAT, undefined)
  assert.equal(plan({ LOG_FORMAT: 'json' }, forPeople).queue.environment.LOG_FORMAT, 'json')
})
