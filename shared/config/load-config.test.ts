import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { ConfigError, flag, httpUrl, loadConfig, milliseconds, numberList, port, wholeNumber } from './index'

const schema = z.object({
  A_PORT: port(5000),
  A_LIMIT: wholeNumber(10),
  A_FLAG: flag(false),
  A_LIST: numberList([5, 30]),
  A_URL: httpUrl().optional(),
  A_KEY: z.string().min(8).optional(),
})

test('an empty environment gives the defaults, frozen', () => {
  const config = loadConfig(schema, {})

  assert.deepEqual({ ...config }, { A_PORT: 5000, A_LIMIT: 10, A_FLAG: false, A_LIST: [5, 30] })
  assert.ok(Object.isFrozen(config))
})

test('values are read in their own type and a trailing slash is dropped', () => {
  const environment = { A_PORT: '0', A_LIMIT: '7', A_FLAG: 'on', A_LIST: '1, 2', A_URL: 'http://h:1/v1/' }

  assert.deepEqual(
    { ...loadConfig(schema, environment) },
    { A_PORT: 0, A_LIMIT: 7, A_FLAG: true, A_LIST: [1, 2], A_URL: 'http://h:1/v1' },
  )
})

test('an empty value counts as not set', () => {
  assert.equal(loadConfig(schema, { A_LIMIT: '' }).A_LIMIT, 10)
})

test('all problems are told at once, each with its variable and what was found', () => {
  const environment = { A_PORT: '99999', A_LIMIT: 'many', A_FLAG: 'perhaps', A_LIST: '1,x', A_URL: 'ftp://h' }

  assert.throws(
    () => loadConfig(schema, environment),
    (error: unknown) => {
      assert.ok(error instanceof ConfigError)
      assert.equal(error.problems.length, 5)
      for (const [name, value] of Object.entries(environment)) {
        const problem = error.problems.find((one) => one.startsWith(`${name}: `))
        assert.ok(problem?.endsWith(`(found "${value}")`), problem)
      }
      return true
    },
  )
})

test('the value of a secret is never told', () => {
  assert.throws(
    () => loadConfig(schema, { A_KEY: 'hunter2' }),
    (error: unknown) => error instanceof ConfigError && !error.message.includes('hunter2'),
  )
})

test('the password in a URL is never told, whatever is wrong with the URL', () => {
  const schema = z.object({ A_QUEUE_URL: z.string().regex(/^amqp:/, 'expected amqp:') })

  for (const url of [
    'kafka://user:hunter2@broker/x',
    'user:hunter2@broker',
    'kafka:user:hun/ter2@broker',
    'kafka://u:hunter2@@b',
    'kafka://u:hun@ter2@b',
  ]) {
    assert.throws(
      () => loadConfig(schema, { A_QUEUE_URL: url }),
      (error: unknown) => error instanceof ConfigError && !/hun|ter2/.test(error.message),
      url,
    )
  }
})

test('a wait longer than a timer can hold is refused, because it would fire at once', () => {
  const waits = z.object({ A_WAIT_MS: milliseconds(1_000) })

  assert.equal(loadConfig(waits, { A_WAIT_MS: '2147483647' }).A_WAIT_MS, 2_147_483_647)
  assert.throws(() => loadConfig(waits, { A_WAIT_MS: '2147483648' }), ConfigError)
})
