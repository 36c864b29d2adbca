import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createInterruptHandler, listenForInterrupts } from './interrupts'

function anInterruptedProcess() {
  const actions: string[] = []
  let now = 0
  const handle = createInterruptHandler({
    graceful: (signal) => actions.push(`graceful ${signal}`),
    immediate: (signal) => actions.push(`immediate ${signal}`),
    now: () => now,
  })
  const interruptAt = (ms: number) => {
    now = ms
    handle('SIGINT')
  }
  return { actions, interruptAt }
}

test('the first interrupt is graceful, the second immediate', () => {
  const { actions, interruptAt } = anInterruptedProcess()

  interruptAt(0)
  interruptAt(1_000)

  assert.deepEqual(actions, ['graceful SIGINT', 'immediate SIGINT'])
})

test('the copy of an interrupt that npm passes on is not a second one', () => {
  const { actions, interruptAt } = anInterruptedProcess()

  interruptAt(5_000)
  interruptAt(5_010)

  assert.deepEqual(actions, ['graceful SIGINT'])
})

test('real signals are heard until listening ends', () => {
  const heard: string[] = []
  const stopListening = listenForInterrupts((signal) => heard.push(signal))
  process.emit('SIGHUP', 'SIGHUP')
  process.emit('SIGINT', 'SIGINT')

  stopListening()

  assert.deepEqual(heard, ['SIGHUP', 'SIGINT'])
  assert.equal(process.listenerCount('SIGHUP'), 0)
})
