import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Diagnostic } from '../diagnostics/diagnostic'
import { tokenize } from './lexer'

function lex(text: string) {
  const diagnostics: Diagnostic[] = []
  const tokens = tokenize(text, (diagnostic) => diagnostics.push(diagnostic))
  return { tokens, codes: diagnostics.map(({ code }) => code) }
}

/** Kinds of the tokens with their texts where the kind does not tell, the end left out. */
function kinds(text: string): string {
  return lex(text)
    .tokens.slice(0, -1)
    .map(({ kind, text }) => (kind === text ? kind : `${kind}<${text}>`))
    .join(' ')
}

test('every character but white space belongs to a token or a comment', () => {
  const text = "source logs # c\n| filter a.b['c'] >= -1.5 && `x {y}` /* d */ == @'now' // e"
  const { tokens } = lex(text)

  const covered = new Set<number>()
  for (const range of tokens.flatMap((token) => [token, ...token.comments])) {
    for (let at = range.start; at < range.end; at++) covered.add(at)
  }
  for (let at = 0; at < text.length; at++)
    assert.equal(covered.has(at), !/\s/.test(text.charAt(at)) || covered.has(at))
  assert.equal(tokens.at(-1)?.kind, 'end')
})

test('comments are kept with the token after them', () => {
  const { tokens } = lex('a # one\n// two\nb /* three */')

  assert.deepEqual(
    tokens.map(({ kind, comments }) => [kind, comments.map(({ start, end, style }) => [start, end, style])]),
    [
      ['name', []],
      [
        'name',
        [
          [2, 7, 'line'],
          [8, 14, 'line'],
        ],
      ],
      ['end', [[17, 28, 'block']]],
    ],
  )
})

test('a slash divides after an operand and begins a pattern elsewhere', () => {
  assert.equal(kinds('filter a/b'), 'name<filter> name<a> / name<b>')
  assert.equal(
    kinds('filter (a)/2/b[0]/c'),
    'name<filter> ( name<a> ) / number<2> / name<b> [ number<0> ] / name<c>',
  )
  assert.equal(kinds('f(/a|b/)'), 'name<f> ( regex</a|b/> )')
  assert.equal(kinds('e=/#\\//'), 'name<e> = regex</#\\//>')
  assert.equal(kinds("redact card /\\d/ to ''"), "name<redact> name<card> regex</\\d/> name<to> string<''>")
  assert.equal(kinds('a matches /x/'), 'name<a> name<matches> / name<x> /')
  assert.equal(kinds('f a matches /x/'), 'name<f> name<a> name<matches> regex</x/>')
})

test('a dot after digits begins a method unless a digit follows', () => {
  assert.equal(kinds('3.power'), 'number<3> . name<power>')
  assert.equal(kinds('1.5.x'), 'number<1.5> . name<x>')
  assert.equal(kinds('2h10m.x'), 'interval<2h10m> . name<x>')
})

test('a minus is a token of its own', () => {
  assert.equal(kinds("-7d a-1 '->' ->"), "- interval<7d> name<a> - number<1> string<'->'> ->")
})

test('pipes and bars are told apart', () => {
  assert.equal(kinds("a||b|c '|'"), "name<a> || name<b> | name<c> string<'|'>")
})

test('interpolated strings nest', () => {
  assert.equal(
    kinds('`a{b{}}c{`d{e}`}`'),
    'template-start<`> template-text<a> template-open<{> name<b> { } template-close<}> template-text<c> ' +
      'template-open<{> template-start<`> template-text<d> template-open<{> name<e> template-close<}> template-end<`> ' +
      'template-close<}> template-end<`>',
  )
})

test('strings know what they say and whether they end', () => {
  const [first, second] = lex("'it\\'s\\n\\d' 'open").tokens

  assert.equal(first?.value, "it's\n\\d")
  assert.equal(first?.closed, true)
  assert.equal(second?.value, 'open')
  assert.equal(second?.closed, false)
})

test('what is never closed ends before the next command', () => {
  assert.equal(kinds("'a | limit 5"), "string<'a> | name<limit> number<5>")
  assert.equal(kinds("'a | b\nc"), "string<'a | b> name<c>")
  assert.deepEqual(lex("'a").codes, ['DP0002'])
  assert.deepEqual(lex('`a').codes, ['DP0003'])
  assert.deepEqual(lex('`{a').codes, ['DP0003'])
  assert.deepEqual(lex('/a').codes, ['DP0004'])
  assert.deepEqual(lex('/* a').codes, ['DP0005'])
})

test('characters that are no token are reported once a run', () => {
  assert.deepEqual(lex('a \\\\^^ b').codes, ['DP0001'])
  assert.deepEqual(lex('\0\ud800\u{1f600}').codes, ['DP0001'])
  assert.equal(kinds('a § b'), 'name<a> bad<§> name<b>')
})

test('a byte order mark and odd blanks are white space', () => {
  assert.equal(kinds('\ufeffa\u00a0b'), 'name<a> name<b>')
  assert.deepEqual(lex('\ufeffa').codes, [])
  assert.deepEqual(lex('a\u00a0b\u00a0c').codes, ['DP0403'])
})
