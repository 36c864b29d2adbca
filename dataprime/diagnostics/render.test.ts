import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse } from '../analyse'
import { renderDiagnostic, renderDiagnostics } from './render'
import { createSource } from './source'

test('a diagnostic is shown with its line, a caret and its hint', () => {
  const text = 'source logs\n| filtr status == 500'
  const [diagnostic] = analyse(text).diagnostics
  assert.ok(diagnostic)

  assert.equal(
    renderDiagnostic(diagnostic, text),
    [
      'error DP0103: unknown command "filtr"',
      '  2 | | filtr status == 500',
      '    |   ^^^^^ did you mean "filter"?',
    ].join('\n'),
  )
})

test('a place of no length has a caret', () => {
  const text = 'source logs | limit'
  const [diagnostic] = analyse(text).diagnostics
  assert.ok(diagnostic)

  assert.match(
    renderDiagnostic(diagnostic, text),
    /\n {2}1 \| source logs \| limit\n {4}\| {20}\^ for example limit 10$/,
  )
})

test('a long line is cut around the place', () => {
  const text = `filter ${'a && '.repeat(100)}b = 1${' && c'.repeat(100)}`
  const rendered = renderDiagnostics(analyse(text).diagnostics, text).split('\n\n').at(-1) as string
  const [, line, caret] = rendered.split('\n') as [string, string, string]

  assert.ok(line.length < 120)
  assert.equal(line.charAt(caret.indexOf('^')), '=')
})

test('control characters and tabs do not shift the caret', () => {
  const text = 'filter\ta\t=\t1'
  const [line, caret] = renderDiagnostics(analyse(text).diagnostics.slice(-1), text).split('\n').slice(1) as [
    string,
    string,
  ]

  assert.equal(line.charAt(caret.indexOf('^')), '=')
})

test('positions count lines and columns from one', () => {
  const source = createSource('a\nbc\r\nd\re')

  assert.deepEqual([0, 1, 2, 4, 6, 8, 99].map(source.positionAt), [
    { line: 1, column: 1 },
    { line: 1, column: 2 },
    { line: 2, column: 1 },
    { line: 2, column: 3 },
    { line: 3, column: 1 },
    { line: 4, column: 1 },
    { line: 4, column: 2 },
  ])
  assert.deepEqual([1, 2, 3, 4, 5].map(source.lineAt), ['a', 'bc', 'd', 'e', ''])
})

test('the offset of a position is the one the position was made from, cut off at the end of its line', () => {
  const source = createSource('a\nbc\r\nd')

  for (const offset of [0, 1, 2, 3, 4, 6, 7]) assert.equal(source.offsetAt(source.positionAt(offset)), offset)
  assert.equal(source.offsetAt({ line: 2, column: 99 }), 4)
  assert.deepEqual([source.offsetAt({ line: 9, column: 1 }), source.offsetAt({ line: 0, column: 1 })], [7, 0])
})
