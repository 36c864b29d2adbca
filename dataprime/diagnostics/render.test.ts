import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse } from '../analyse'
import { type Diagnostic, replaceText, withFix } from './diagnostic'
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

test('a range of several lines is shown where it begins, and goes on', () => {
  const text = 'source logs /* all\n of\n them */ | limit 5'
  const [diagnostic] = analyse(text).diagnostics
  assert.ok(diagnostic)

  assert.equal(
    renderDiagnostic(diagnostic, text).split('\n').slice(1).join('\n'),
    ['  1 | source logs /* all', `    |             ^^^^^^… ${diagnostic.hints[0] ?? ''}`.trimEnd()].join(
      '\n',
    ),
  )
})

test('a place at the very end of a long line has its caret there', () => {
  const text = `filter ${'a && '.repeat(100)}b =`
  const rendered = renderDiagnostics(analyse(text).diagnostics, text).split('\n\n').at(-1) as string
  const [, line, caret] = rendered.split('\n') as [string, string, string]

  assert.match(line, /^ {2}1 \| …/)
  assert.ok(caret.indexOf('^') <= line.length)
  assert.ok(line.length < 120)
})

test('letters of two columns and of none do not shift the caret', () => {
  const caretOf = (name: string) => {
    const text = `filter '${name}' = 1`
    const [, caret] = renderDiagnostics(analyse(text).diagnostics.slice(-1), text).split('\n').slice(1)
    return (caret as string).indexOf('^')
  }

  assert.equal(caretOf('\u6f22\u5b57'), caretOf('abcd'))
  assert.equal(caretOf('\u{1f600}'), caretOf('ab'))
  assert.equal(caretOf('e\u0301'), caretOf('e'))
})

test('a fix is told when no hint tells it', () => {
  const range = { start: 9, end: 10 }
  const diagnostic = (hints: readonly string[]): Diagnostic =>
    withFix(
      { code: 'DP0999', severity: 'error', message: 'found "="', range, hints },
      'compare with "=="',
      replaceText(range, '=='),
    )
  const shown = (hints: readonly string[]) =>
    renderDiagnostic(diagnostic(hints), 'filter a = 1').split('\n').slice(2)

  assert.deepEqual(shown([]), ['    |          ^ fix: compare with "=="'])
  assert.deepEqual(shown(['use two']), ['    |          ^ use two', '    |          fix: compare with "=="'])
  assert.deepEqual(shown(['use ==']), ['    |          ^ use =='])
  assert.deepEqual(shown(['compare with "==" instead']), ['    |          ^ compare with "==" instead'])
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
