import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parse } from '../syntax/parser'
import { arbitraryQuery } from '../testing/arbitrary-query'
import type { Node } from './ast'
import { descend } from './walk'
import { allPipelines, walkPipeline } from './walked-pipeline'

test('a walked query has every node once, below the node that it is a part of', () => {
  const property = fc.property(arbitraryQuery, (query) => {
    const expected: (readonly [Node, Node | null])[] = []
    descend(query, true, (node, _, parent) => {
      if (node.kind === 'Query' || node.kind === 'NameSegment') return true
      expected.push([node, parent?.kind === 'Query' ? null : parent])
      return true
    })
    const found = allPipelines(walkPipeline(query)).flatMap(({ stages }) =>
      stages.flatMap(({ nodes, parents }) =>
        nodes.map((node, index) => [node, nodes[parents[index] as number] ?? null] as const),
      ),
    )

    // Sub-queries come after the queries around them here, and in their places there.
    const parentOf = new Map(expected)
    assert.equal(found.length, expected.length)
    for (const [node, parent] of found) assert.equal(parent, parentOf.get(node))
  })
  fc.assert(property, { seed: 11, numRuns: 300 })
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
