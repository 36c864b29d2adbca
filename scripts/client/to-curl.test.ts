import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { toCurl } from './to-curl'

test('a call without a body is a GET', () => {
  assert.equal(toCurl('http://127.0.0.1:5000/api/stats'), 'curl -s http://127.0.0.1:5000/api/stats')
})

test('a quote in the body survives the shell', () => {
  const body = { user_input: "what's new in $HOME?" }
  const command = toCurl('http://gateway', body).replace(/^curl -s/, 'printf "%s\\n"')

  const words = execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' }).trim().split('\n')

  assert.deepEqual(words, [
    'http://gateway',
    '-H',
    'content-type: application/json',
    '-d',
    JSON.stringify(body),
  ])
})
