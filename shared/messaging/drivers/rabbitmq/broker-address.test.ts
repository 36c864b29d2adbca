import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBrokerUrl } from './broker-address'

test('reads every part of a URL', () => {
  assert.deepEqual(parseBrokerUrl('amqps://a%40b:p%3Aw%2F@broker.example:5999/my%2Fmesh'), {
    protocol: 'amqps',
    hostname: 'broker.example',
    port: 5999,
    username: 'a@b',
    password: 'p:w/',
    vhost: 'my/mesh',
    name: 'amqps://broker.example:5999/my%2Fmesh',
  })
})

test('takes guest, the standard ports and the virtual host / unless told otherwise', () => {
  const { username, password, port, vhost, name } = parseBrokerUrl('amqp://localhost')

  assert.deepEqual([username, password, port, vhost], ['guest', 'guest', 5672, '/'])
  assert.equal(name, 'amqp://localhost:5672/')
  assert.equal(parseBrokerUrl('amqps://localhost/').port, 5671)
  assert.equal(parseBrokerUrl('amqp://[::1]:1234/x').hostname, '::1')
  assert.equal(parseBrokerUrl('amqp://only-user@h').password, '')
})

test('says what is wrong and never what the password is', () => {
  for (const [url, problem] of [
    ['http://user:secret@h', /does not begin with amqp/],
    ['amqp:user:secret@h', /does not begin with amqp/],
    ['amqp://user:sec#ret@h', /not a valid URL|has no host|slash/],
    ['amqp://user:secret@h/a/b', /slash; write it as %2F/],
    ['amqp://user:secret%@h/', /the password .* not followed by two hexadecimal digits/],
    ['amqp://user:secret@/', /not a valid URL|has no host/],
  ] as const) {
    assert.throws(
      () => parseBrokerUrl(url),
      (error: Error) => problem.test(error.message) && !/sec/.test(error.message),
      url,
    )
  }
})
