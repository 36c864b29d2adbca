import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError, errorCatalogue, toProblem } from './index'

test('every code is kebab-case and has a title and an error status', () => {
  const entries = Object.entries(errorCatalogue)
  assert.ok(entries.length > 10)
  for (const [code, { title, status }] of entries) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/)
    assert.ok(title.length > 0, code)
    assert.ok(status >= 400 && status < 600, code)
  }
})

test('a problem has the members of RFC 9457 and the extensions of the mesh', () => {
  const error = new AppError('invalid-request', {
    detail: '/rating: too big',
    errors: [{ pointer: '/rating', message: 'too big' }],
    service: 'storage_service',
  })

  assert.deepEqual(toProblem(error, { instance: '/api/feedback', traceId: 'abc' }), {
    type: '/problems/invalid-request',
    title: 'The request is not valid',
    status: 400,
    detail: '/rating: too big',
    instance: '/api/feedback',
    code: 'invalid-request',
    trace_id: 'abc',
    retryable: false,
    service: 'storage_service',
    errors: [{ pointer: '/rating', message: 'too big' }],
  })
})

test('an unexpected error says nothing of itself', () => {
  const problem = toProblem(new TypeError('password is hunter2'))

  assert.equal(problem.code, 'internal-error')
  assert.equal(problem.status, 500)
  assert.ok(!JSON.stringify(problem).includes('hunter2'))
})
