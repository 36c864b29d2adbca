import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printColumns, printRow, printTable } from './rows'
import { recordingTerminal } from './testing/recording-terminal'

test('further lines stand below the first', () => {
  const { terminal, output } = recordingTerminal()

  printRow(terminal, 'title', 'one', 'two')
  printRow(terminal, 'empty')

  assert.equal(output(), 'title          one\n               two')
})

test('a table is as wide as its longest name', () => {
  const { terminal, output } = recordingTerminal()

  printTable(terminal, [
    ['questions', 12],
    ['questions_by_embedded', 3],
  ])

  assert.equal(output(), 'questions              12\nquestions_by_embedded  3')
})

test('columns are as wide as their longest cell, numbers to the right', () => {
  const { terminal, output } = recordingTerminal()

  printColumns(
    terminal,
    ['queue', 'ready', 'dead'],
    [
      ['jobs', 12, 0],
      ['events.storage', 3, 1_234_567],
    ],
  )

  assert.equal(
    output(),
    [
      'queue           ready     dead',
      'jobs               12        0',
      'events.storage      3  1234567',
    ].join('\n'),
  )
})
