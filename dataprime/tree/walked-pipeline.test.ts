import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from '../syntax/parser'
import { arbitraryQuery } from '../testing/arbitrary-query'
import type { Node, Stage } from './ast'
import { descend } from './walk'
import { allPipelines, walkPipeline } from './walked-pipeline'

/** The nodes of a stage, each with the node it is a part of. */
function placedNodes(stage: Stage): readonly (readonly [Node, Node | null])[] {
  const placed: (readonly [Node, Node | null])[] = []
  descend(stage, true, (node, _, parent) => {
    if (node.kind === 'Query') return undefined
    const isNameInKeypath = node.kind === 'NameSegment' && parent?.kind === 'Keypath'
    if (!isNameInKeypath) placed.push([node, parent])
    return true
  })
  return placed
}

test('a stage has every node but names in keypaths, below the node that it is a part of', () => {
  let compared = 0
  const property = fc.property(arbitraryQuery, (query) => {
    for (const { stages } of allPipelines(walkPipeline(query))) {
      for (const { stage, nodes, parents } of stages) {
        const expected = placedNodes(stage)
        compared += nodes.length

        assert.equal(nodes.length, expected.length)
        for (const [index, [node, parent]] of expected.entries()) {
          assert.equal(nodes[index], node)
          assert.equal(nodes[parents[index] as number] ?? null, parent)
        }
      }
    }
  })
  fc.assert(property, { seed: 11, numRuns: 300 })
  assert.ok(compared > 1000, `${compared} nodes`)
})

test('each stage knows its place, its keypaths and its sub-query', () => {
  const { query } = parse('source logs | filter a == b[c] | union (source spans | limit 1)')
  const { stages } = walkPipeline(query)

  assert.deepEqual(
    stages.map(({ keypaths }) => keypaths.length),
    [0, 3, 0],
  )
  assert.deepEqual(
    stages.map(({ subquery }) => subquery?.stages.map(({ index, stage }) => [index, stage.kind])),
    [
      undefined,
      undefined,
      [
        [0, 'SourceStage'],
        [1, 'LimitStage'],
      ],
    ],
  )
})
