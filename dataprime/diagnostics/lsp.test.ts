import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse } from '../analyse'
import { type Diagnostic, insertText, replaceText, withFix } from './diagnostic'
import { toLspCodeAction, toLspDiagnostic, toLspTextEdit } from './lsp'
import { createSource } from './source'

function aDiagnostic(parts: Partial<Diagnostic> = {}): Diagnostic {
  return {
    code: 'DP0999',
    severity: 'error',
    message: 'found x',
    range: { start: 0, end: 1 },
    hints: [],
    ...parts,
  }
}

test('a diagnostic of a text has the place and the wording of an editor', () => {
  const text = 'source logs\n| filtr a == 1'
  const [diagnostic] = analyse(text).diagnostics
  assert.ok(diagnostic)
  const { data, ...shown } = toLspDiagnostic(diagnostic, createSource(text))

  assert.deepEqual(shown, {
    range: { start: { line: 1, character: 2 }, end: { line: 1, character: 7 } },
    severity: 1,
    code: 'DP0103',
    source: 'dataprime',
    message: 'unknown command "filtr"; did you mean "filter"?',
  })
  assert.deepEqual(data.hints, ['did you mean "filter"?'])
})

test('severities are the numbers of the protocol', () => {
  const source = createSource('x')
  const severities = (['error', 'warning', 'info'] as const).map(
    (severity) => toLspDiagnostic(aDiagnostic({ severity }), source).severity,
  )

  assert.deepEqual(severities, [1, 2, 3])
})

test('characters are UTF-16 units, and every kind of line end ends a line', () => {
  const source = createSource('\u{1f600}a\r\nb\rc\n\u00e9d')
  const placeOf = (start: number, end: number) =>
    toLspDiagnostic(aDiagnostic({ range: { start, end } }), source).range

  assert.deepEqual(placeOf(2, 3), { start: { line: 0, character: 2 }, end: { line: 0, character: 3 } })
  assert.deepEqual(placeOf(5, 8), { start: { line: 1, character: 0 }, end: { line: 2, character: 1 } })
  assert.deepEqual(placeOf(10, 11), { start: { line: 3, character: 1 }, end: { line: 3, character: 2 } })
})

test('a fix travels with its diagnostic and becomes a quick fix of the document', () => {
  const text = 'limit 5\nfoo'
  const source = createSource(text)
  const diagnostic = withFix(
    aDiagnostic({ range: { start: 8, end: 11 } }),
    'add the pipe and name the command',
    insertText(8, '| '),
    replaceText({ start: 8, end: 11 }, 'count'),
  )
  const shown = toLspDiagnostic(diagnostic, source)
  const edits = [
    { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } }, newText: '| ' },
    { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 3 } }, newText: 'count' },
  ]

  assert.deepEqual(shown.data.fix, { title: 'add the pipe and name the command', edits })
  assert.deepEqual(toLspCodeAction(shown, 'file:///a.dataprime'), {
    title: 'add the pipe and name the command',
    kind: 'quickfix',
    diagnostics: [shown],
    isPreferred: true,
    edit: { changes: { 'file:///a.dataprime': edits } },
  })
  assert.equal(toLspCodeAction(toLspDiagnostic(aDiagnostic(), source), 'file:///a.dataprime'), null)
})

test('a text edit alone is given its place', () => {
  assert.deepEqual(toLspTextEdit(insertText(3, 'x'), createSource('a\nbc')), {
    range: { start: { line: 1, character: 1 }, end: { line: 1, character: 1 } },
    newText: 'x',
  })
})

test('what is shown outlives a journey as JSON', () => {
  const text = 'source logs | filter a = 1 | limit'
  const source = createSource(text)
  const shown = analyse(text).diagnostics.map((diagnostic) => toLspDiagnostic(diagnostic, source))

  assert.ok(shown.length > 1)
  assert.deepEqual(JSON.parse(JSON.stringify(shown)), shown)
})
