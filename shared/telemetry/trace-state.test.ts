import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseTraceState } from './trace-state'

function parsed(header: string): string | undefined {
  return parseTraceState(header)?.serialize()
}

describe('parseTraceState', () => {
  test('keeps order, values with blanks inside and duplicate keys as they came', () => {
    assert.equal(parsed('b=2,a=1 1,b=3'), 'b=2,a=1 1,b=3')
  })

  test('takes blanks, tabs and empty members between members', () => {
    assert.equal(parsed(' a=1 ,\t,, b=2\t'), 'a=1,b=2')
  })

  test('has no list for an empty header', () => {
    assert.equal(parsed(''), undefined)
    assert.equal(parsed(' , ,'), undefined)
  })

  test('takes every character that keys and values may have', () => {
    const key = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/'
    const value = [...Array(0x7f - 0x20).keys()]
      .map((offset) => String.fromCharCode(0x20 + offset))
      .filter((character) => character !== ',' && character !== '=')
      .join('')

    assert.equal(parsed(`${key}=${value}`), `${key}=${value}`)
  })

  for (const illegal of [
    'a=',
    '=1',
    'a',
    'A=1',
    'a b=1',
    'a=1=2',
    'a@b@c=1',
    '@a=1',
    'a@=1',
    'a@1=1',
    'a=\u00e9',
    'a=1\u000b',
  ]) {
    test(`drops everything for ${JSON.stringify(illegal)}`, () => {
      assert.equal(parsed(`ok=1,${illegal}`), undefined)
    })
  }
})

describe('a trace state', () => {
  test('puts a changed member first and leaves the original alone', () => {
    const original = parseTraceState('a=1,b=2')

    const changed = original?.set('b', '3')

    assert.equal(changed?.serialize(), 'b=3,a=1')
    assert.equal(original?.serialize(), 'a=1,b=2')
    assert.equal(changed?.get('b'), '3')
    assert.equal(changed?.unset('b').serialize(), 'a=1')
  })

  test('ignores an illegal member and drops the oldest when there are too many', () => {
    const full = parseTraceState(Array.from({ length: 32 }, (_, index) => `k${index}=v`).join(','))

    assert.equal(full?.set('NO', '1'), full)
    const pushed = full?.set('new', '1').serialize().split(',')
    assert.equal(pushed?.length, 32)
    assert.equal(pushed?.[0], 'new=1')
    assert.ok(!pushed?.includes('k31=v'))
  })
})
