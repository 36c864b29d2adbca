import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  anyOrder,
  type ClausePart,
  either,
  list,
  optional,
  parentheses,
  slot,
  unlisted,
  word,
  writeSyntax,
} from './clauses'
import { COMMANDS, commandNamed } from './commands'

const written: readonly (readonly [part: ClausePart, text: string])[] = [
  [word('into'), 'into'],
  [slot('row-count'), 'N'],
  [optional(word('into'), slot('target')), '[into KP]'],
  [list(slot('expression')), 'E, …'],
  [either([word('asc')], [word('desc')]), '(asc|desc)'],
  [optional(either([word('asc')], [word('desc')])), '[asc|desc]'],
  [optional(either([word('last'), slot('interval')], [word('now')])), '[last I | now]'],
  [anyOrder([word('keep'), slot('row-count')], [word('merge')]), '[keep N] [merge]'],
  [parentheses(list(slot('keypath'))), '(KP, …)'],
  [either([word('from')], [unlisted(word('as'))]), 'from'],
]

for (const [part, text] of written) {
  test(`${text} is written from its parts`, () => assert.equal(writeSyntax('do', [part]), `do ${text}`))
}

test('the syntax line of a command is written from its clauses', () => {
  assert.equal(commandNamed('limit').syntax, 'limit N')
  assert.equal(commandNamed('convert').syntax, 'convert [datatypes] KP:type, …')
  assert.equal(commandNamed('groupby').syntax, 'groupby E [as KP], … [aggregate A [as KP], …]')
})

test('a word of a clause says what it does, unless it only links two parts', () => {
  const silent = new Set(['and', 'datatypes'])
  for (const { name, clauses } of COMMANDS) {
    for (const { word, summary } of wordsIn(clauses)) {
      assert.ok(silent.has(word) || /^[A-Z].*\.$/.test(summary), `${name}: ${word}`)
    }
  }
})

function wordsIn(parts: readonly ClausePart[]): readonly Extract<ClausePart, { kind: 'word' }>[] {
  return parts.flatMap((part) => {
    switch (part.kind) {
      case 'word':
        return [part]
      case 'optional':
      case 'list':
      case 'parentheses':
        return wordsIn(part.parts)
      case 'choice':
        return part.choices.flatMap(wordsIn)
      case 'any-order':
        return part.options.flatMap(wordsIn)
      case 'unlisted':
        return wordsIn([part.part])
      default:
        return []
    }
  })
}
