import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DIRECTIONS, pathwayHash } from './pathway-hash'

const word = fc.stringMatching(/^[a-z._-]{1,20}$/)
const place = fc.record({ service: word, direction: fc.constantFrom(...DIRECTIONS), queue: word })

test('the hashes of a way are these, for ever and everywhere', () => {
  const enqueued = pathwayHash({ service: 'api_gateway', direction: 'out', queue: 'processing.jobs' })
  const queued = pathwayHash(
    { service: 'queue_service', direction: 'out', queue: 'processing.jobs' },
    enqueued,
  )
  const received = pathwayHash(
    { service: 'queue_service', direction: 'in', queue: 'processing.jobs' },
    queued,
  )

  assert.deepEqual([enqueued, queued, received], ['b6c693778b7e636f', 'e77ecfb3b57782f8', '26b59dddd4cf74f7'])
})

test('a hash is the first 8 bytes of SHA-256 over names that end in zeros, and the hash before', () => {
  // printf 'a\0out\0b\0\0\0\0\0\0\0\0\0' | sha256sum
  assert.equal(pathwayHash({ service: 'a', direction: 'out', queue: 'b' }), 'b821a4a61de44b52')
})

test('another service, direction, queue or way before gives another hash', () => {
  fc.assert(
    fc.property(fc.tuple(place, place), fc.tuple(place, place), (one, other) => {
      const hashOf = ([first, second]: typeof one) => pathwayHash(second, pathwayHash(first))
      assert.equal(hashOf(one) === hashOf(other), JSON.stringify(one) === JSON.stringify(other))
    }),
  )
})

test('names do not run into each other', () => {
  const hashes = [
    pathwayHash({ service: 'ab', direction: 'in', queue: 'c' }),
    pathwayHash({ service: 'a', direction: 'in', queue: 'bc' }),
    pathwayHash({ service: 'abi', direction: 'in', queue: 'nc' }),
  ]

  assert.equal(new Set(hashes).size, 3)
})
