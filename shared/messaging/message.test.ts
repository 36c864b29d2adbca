import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HEADER, readDeadLetterHeaders, toDeadLetterHeaders, toReplayedHeaders } from './message'

const headers = { traceparent: '00-aa-bb-01', [HEADER.CONVERSATION_ID]: 'c1', constructor: 'own' }
const cause = { reason: 'attempts-exhausted', code: 'internal-error', detail: 'no luck' } as const
const at = Date.parse('2026-01-01T00:00:00.123Z')

test('what is written to the headers of a dead letter can be read again', () => {
  const written = toDeadLetterHeaders(headers, 'a.queue', cause, { attempts: 4, at })

  const read = readDeadLetterHeaders(written)

  assert.deepEqual(read, { headers, queue: 'a.queue', cause, attempts: 4, at })
})

test('headers that are not those of a dead letter, or of no reason that exists, are told', () => {
  const written = toDeadLetterHeaders(headers, 'a.queue', cause, { attempts: 4, at })

  assert.equal(readDeadLetterHeaders(headers), undefined)
  assert.equal(readDeadLetterHeaders({ ...written, [HEADER.DEAD_LETTER_REASON]: 'bad luck' }), undefined)
})

for (const figure of ['many', 'Infinity', '1.5', '-1']) {
  test(`figures that are no figures are left out: ${figure}`, () => {
    const written = toDeadLetterHeaders(headers, 'a.queue', cause, { attempts: 4, at })
    const broken = { ...written, [HEADER.DEAD_LETTER_AT]: 'noon', [HEADER.DEAD_LETTER_ATTEMPTS]: figure }

    const { attempts, at: when } = readDeadLetterHeaders(broken) ?? {}

    assert.deepEqual({ attempts, when }, { attempts: 0, when: undefined })
  })
}

test('a replayed message has its own headers, where it comes from, and what is added', () => {
  const written = toDeadLetterHeaders(headers, 'a.queue', cause, { attempts: 4, at })

  const replayed = toReplayedHeaders(written, 'a.queue', { [HEADER.REPLAY_TRACEPARENT]: '00-cc-dd-01' })

  assert.deepEqual(replayed, {
    ...headers,
    [HEADER.REPLAYED_FROM]: 'a.queue.dlq',
    [HEADER.REPLAY_TRACEPARENT]: '00-cc-dd-01',
  })
})
