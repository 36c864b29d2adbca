import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, loadConfig } from '#shared/config'
import { createRouteEvent, eventRoutingConfigSchema } from './event-routing'

const routing = (environment: Record<string, string>) =>
  createRouteEvent(loadConfig(eventRoutingConfigSchema, environment))

const validated = { event_type: 'query.validated', service: 'api_gateway' }
const generated = { event_type: 'query.generated', service: 'api_gateway' }
const submitted = { event_type: 'feedback.submitted', service: 'storage_service' }

test('the routing key is the type of the event unless told otherwise', () => {
  assert.equal(routing({})(validated), 'query.validated')
})

test('a template puts the service and the type where it says', () => {
  const route = routing({ EVENT_ROUTING_KEY: 'app.{service}.{event_type}' })

  assert.equal(route(generated), 'app.api_gateway.query.generated')
})

test('the name of a service is always one word of the key', () => {
  const route = routing({ EVENT_ROUTING_KEY: '{service}.{event_type}' })

  assert.equal(route({ event_type: 'user.left', service: 'crm.eu west/1' }), 'crm_eu_west_1.user.left')
})

test('a filter holds back what it excludes and what it does not include', () => {
  const route = routing({ EVENT_FILTER: 'query.*, !query.validated' })

  assert.equal(route(generated), 'query.generated')
  assert.equal(route(validated), undefined)
  assert.equal(route(submitted), undefined)
})

test('a filter that only excludes lets all others pass', () => {
  const route = routing({ EVENT_FILTER: '!feedback.#' })

  assert.equal(route(submitted), undefined)
  assert.equal(route(validated), 'query.validated')
})

for (const [variable, value, says] of [
  ['EVENT_ROUTING_KEY', 'app.{tenant}.{event_type}', 'knows no {tenant}, only {event_type} and {service}'],
  ['EVENT_ROUTING_KEY', 'app..{event_type}', 'expected words'],
  ['EVENT_ROUTING_KEY', '{event_type', 'expected words'],
  ['EVENT_ROUTING_KEY', '{event_type}.{event_type}', 'may come to 257 characters, 255 are allowed'],
  ['EVENT_FILTER', 'query.*,!!feedback', 'expected patterns separated by commas, found "!!feedback"'],
  ['EVENT_FILTER', 'query..x', 'found "query..x"'],
] as const) {
  test(`${variable}=${value} is refused at the start`, () => {
    assert.throws(
      () => routing({ [variable]: value }),
      (error: unknown) => {
        assert.ok(error instanceof ConfigError)
        assert.ok(error.message.includes(`${variable}: `), error.message)
        assert.ok(error.message.includes(says), error.message)
        return true
      },
    )
  })
}
