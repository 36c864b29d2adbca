import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { closestWord } from '../diagnostics/suggestion'
import { parse } from '../syntax/parser'
import { arbitraryQuery } from '../testing/arbitrary-query'
import type { Node } from './ast'
import { sameTree } from './same-tree'
import { descend, walk } from './walk'

function kinds(text: string): readonly string[] {
  const found: string[] = []
  walk(parse(text).query, ({ kind }) => found.push(kind))
  return found
}

test('nodes are met in the order of the text, parents first', () => {
  assert.deepEqual(kinds('filter a.b == f(1)'), [
    'Query',
    'FilterStage',
    'BinaryExpression',
    'Keypath',
    'NameSegment',
    'NameSegment',
    'CallExpression',
    'Argument',
    'NumberLiteral',
  ])
})

test('every node of every tree is met once', () => {
  const count = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0
    const own = 'kind' in value ? 1 : 0
    return own + Object.values(value).reduce((total: number, part) => total + count(part), 0)
  }
  const property = fc.property(arbitraryQuery, (query) => {
    const met = new Set<Node>()
    let visits = 0
    walk(query, (node) => {
      visits++
      met.add(node)
    })
    assert.equal(visits, count(query))
  })
  fc.assert(property, { seed: 7, numRuns: 300 })
})

test('what enter answers is handed to the children, and undefined leaves them out', () => {
  const depths: [string, number][] = []
  descend(parse('filter !a(b)').query, 0, ({ kind }, depth) => {
    depths.push([kind, depth])
    return kind === 'CallExpression' ? undefined : depth + 1
  })

  assert.deepEqual(depths, [
    ['Query', 0],
    ['FilterStage', 1],
    ['UnaryExpression', 2],
    ['CallExpression', 3],
  ])
})

test('trees are the same whatever their ranges and quotes', () => {
  const same = (a: string, b: string) => sameTree(parse(a).query, parse(b).query)

  assert.ok(same("filter a=='x'|limit 5", 'where  a == "x" # c\n| limit 5'))
  assert.ok(!same('filter a == 1', 'filter a == 2'))
  assert.ok(!same('filter a == 1', 'filter $d.a == 1'))
  assert.ok(!same('orderby a', 'orderby a asc'))
  assert.ok(!same('filter @(5) == a', 'filter @5 == a'))
})

test('the closest word is one mistake in three letters away at most', () => {
  const commands = ['filter', 'find', 'limit', 'groupby']

  assert.equal(closestWord('filtr', commands), 'filter')
  assert.equal(closestWord('FITLER', commands), 'filter')
  assert.equal(closestWord('grupby', commands), 'groupby')
  assert.equal(closestWord('sort', commands), undefined)
  assert.equal(closestWord('x', commands), undefined)
  assert.equal(closestWord('f'.repeat(1_000_000), commands), undefined)
})
