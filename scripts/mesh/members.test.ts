import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MEMBERS, selectMembers } from './members'

test('everything is selected unless told otherwise', () => {
  assert.deepEqual(selectMembers({}), MEMBERS)
})

test('only and except are lists of names', () => {
  assert.deepEqual(selectMembers({ only: 'storage, gateway' }), ['gateway', 'storage', 'inspector'])
  assert.deepEqual(selectMembers({ only: 'gateway,query', except: 'query,inspector' }), ['gateway'])
  assert.deepEqual(selectMembers({ except: 'queue', 'no-inspector': true }), [
    'gateway',
    'query',
    'validation',
    'processing',
    'storage',
  ])
})

test('the inspector can be run alone', () => {
  assert.deepEqual(selectMembers({ only: 'inspector' }), ['inspector'])
})

test('an unknown name and an empty selection are refused', () => {
  assert.throws(
    () => selectMembers({ only: 'gatewya' }),
    /--only takes names of gateway, .*"gatewya" is none/,
  )
  assert.throws(() => selectMembers({ only: 'query', except: 'query' }), /no service is left/)
})
