import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from '../syntax/parser'
import type { Expression } from '../tree/ast'
import { canonicalKeypath } from '../tree/keypaths'
import { typeOf } from './operand-type'

const fields: ReadonlyMap<string, string> = new Map([
  ['$m.timestamp', 'timestamp'],
  ['$m.severity', 'severity'],
  ['$d.ms', 'number'],
])

function typeOfText(text: string): string | undefined {
  const [stage] = parse(`create x from ${text}`).query.stages
  const value = stage?.kind === 'CreateStage' ? stage.value : undefined
  return typeOf(value as Expression, (keypath) => fields.get(canonicalKeypath(keypath)))
}

const types: readonly (readonly [text: string, type: string | undefined])[] = [
  ["'a'", 'string'],
  ['`a {b}`', 'string'],
  ['1', 'number'],
  ['1h', 'interval'],
  ["@'now'", 'timestamp'],
  ['[1]', 'array'],
  ['ERROR', 'severity'],
  ['true', 'boolean'],
  ['null', undefined],
  ['ms', 'number'],
  ['unknown', undefined],
  ['$d', 'object'],
  ['unknown:num', 'number'],
  ['unknown:timestamp', 'timestamp'],
  ['a == b', 'boolean'],
  ['!a', 'boolean'],
  ['ms + 1', 'number'],
  ['unknown * 2', 'number'],
  ['$m.timestamp - 1h', 'timestamp'],
  ["@'now' - $m.timestamp", 'interval'],
  ['1h / 1s', 'number'],
  ['2 * 1h', 'interval'],
  ['$m.timestamp / 1h', 'timestamp'],
  ['unknown.trim().length()', 'number'],
  ['max($m.timestamp)', 'timestamp'],
  ['$m.timestamp.max()', 'timestamp'],
  ['if(a, ms, 0)', 'number'],
  ['firstNonNull(unknown, 1)', undefined],
  ["case { a -> 'x', _ -> 'y' }", 'string'],
  ['nameless(1)', undefined],
]

for (const [text, type] of types) {
  test(`${text} is of type ${type}`, () => assert.equal(typeOfText(text), type))
}

test('a chain of any length has a type', () => {
  assert.equal(typeOfText(`ms${' + 1'.repeat(50_000)}`), 'number')
  assert.equal(typeOfText(`ms${'.max()'.repeat(50_000)}`), 'number')
})
