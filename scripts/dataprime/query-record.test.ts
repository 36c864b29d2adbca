import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readRecord } from './query-record'

test('an object with a query is read with all its fields', () => {
  assert.deepEqual(readRecord('{"id":7,"query":"source logs","tags":["a"]}'), {
    query: 'source logs',
    fields: { id: 7, query: 'source logs', tags: ['a'] },
  })
})

test('numbers are written as they were, however long or exact they are', () => {
  const line = '{"id":12345678901234567890,"ratio":1.0,"deep":[{"small":1e-400}],"query":"q"}'

  assert.equal(JSON.stringify(readRecord(line).fields), line)
})

test('a field that is called like a part of every object stays a field', () => {
  const line = '{"__proto__":{"a":1},"query":"q"}'

  assert.equal(JSON.stringify(readRecord(line).fields), line)
})

test('what is no query is told, with the fields when there are any', () => {
  const table = [
    ['', /^the line is empty$/, {}],
    ['source logs', /^not JSON: /, {}],
    ['[1]', /found an array$/, {}],
    ['null', /found null$/, {}],
    ['"source logs"', /found a string$/, {}],
    ['12345678901234567890', /found a number$/, {}],
    ['{"id":1}', /^the object has no "query"$/, { id: 1 }],
    ['{"id":1,"query":null}', /found null$/, { id: 1, query: null }],
    ['{"id":1,"query":["a"]}', /found an array$/, { id: 1, query: ['a'] }],
  ] as const

  for (const [line, error, fields] of table) {
    const record = readRecord(line)
    assert.ok('error' in record, line)
    assert.match(record.error, error)
    assert.deepEqual(record.fields, fields)
  }
})
