import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment } from '#shared/config'
import { createTerminal } from './terminal'

function hasColor(environment: Environment, isInteractive: boolean): boolean {
  const ignore = () => undefined
  return createTerminal({ environment, isInteractive, columns: 80, print: ignore, warn: ignore }).color
}

test('a terminal has colour, a pipe has none', () => {
  assert.equal(hasColor({ TERM: 'xterm' }, true), true)
  assert.equal(hasColor({ TERM: 'xterm' }, false), false)
  assert.equal(hasColor({ TERM: 'dumb' }, true), false)
})

test('NO_COLOR wins over everything, FORCE_COLOR over the pipe', () => {
  assert.equal(hasColor({ NO_COLOR: '1', FORCE_COLOR: '1' }, true), false)
  assert.equal(hasColor({ NO_COLOR: '' }, true), true)
  assert.equal(hasColor({ FORCE_COLOR: '1' }, false), true)
  assert.equal(hasColor({ FORCE_COLOR: '0' }, true), false)
})

test('style leaves the text alone without colour', () => {
  const printed: string[] = []
  const options = { isInteractive: false, columns: 80, warn: () => undefined }
  const plain = createTerminal({ ...options, environment: {}, print: (text) => printed.push(text) })
  const colored = createTerminal({
    ...options,
    environment: { FORCE_COLOR: '1' },
    print: (text) => printed.push(text),
  })

  plain.print(plain.style('red', 'no'))
  colored.print(colored.style('red', 'yes'))

  assert.deepEqual(printed, ['no', '\u001b[31myes\u001b[39m'])
})
