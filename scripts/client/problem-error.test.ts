import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError, toProblem } from '#shared/errors'
import { toProblemError } from './problem-error'

function explain(body: unknown, headers: Record<string, string> = {}) {
  return toProblemError({ status: 400, headers: new Headers(headers), body }).message
}

test('a problem is told with code, detail, pointers, service and trace', () => {
  const error = new AppError('invalid-request', {
    detail: 'two fields are wrong',
    service: 'query_service',
    errors: [
      { pointer: '/now', message: 'expected a timestamp' },
      { pointer: '', message: 'expected an object' },
    ],
  })

  assert.equal(
    explain(toProblem(error, { traceId: '4bf92f3577b34da6a3ce929d0e0e4736' })),
    `400 invalid-request: two fields are wrong
  /now: expected a timestamp
  (body): expected an object
  failed in query_service
  trace 4bf92f3577b34da6a3ce929d0e0e4736`,
  )
})

test('a problem without detail has its title', () => {
  assert.equal(explain(toProblem(new AppError('queue-full'))), '400 queue-full: The queue is full')
})

test('what is no problem is told by its status, and AirPlay by its name', () => {
  assert.equal(explain('<html>'), 'answered 400 without saying why')
  assert.match(explain('', { server: 'AirTunes/670.6.2' }), /^AirPlay Receiver/)
})
