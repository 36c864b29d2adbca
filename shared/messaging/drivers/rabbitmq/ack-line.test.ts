import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AckLine } from './ack-line'
import type { AmqpChannel } from './amqp'

test('what cannot be settled any more, because the channel is ending, costs nobody an error', () => {
  const refuse = () => {
    throw new Error('Channel closing')
  }
  const acks = new AckLine({ ack: refuse, requeue: refuse } as unknown as AmqpChannel)
  for (const tag of [1, 2]) acks.delivered(tag)

  assert.doesNotThrow(() => {
    acks.ack(1)
    acks.requeue(2)
    acks.flush()
  })
})
