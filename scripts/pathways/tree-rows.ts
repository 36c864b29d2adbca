import type { PathwayGraphNode } from '#shared/contracts'

export interface TreeRow {
  /** What is drawn before the node. */
  readonly branch: string
  readonly node: PathwayGraphNode
}

/** The nodes as a tree, depth first; the busiest first among siblings. A node whose parent is unknown is a root. */
export function toTreeRows(nodes: readonly PathwayGraphNode[]): TreeRow[] {
  const known = new Set(nodes.map(({ hash }) => hash))
  const busiestFirst = nodes.toSorted((one, other) => other.messages - one.messages)
  const childrenOf = (hash: string) => busiestFirst.filter(({ parent }) => parent === hash)
  const roots = busiestFirst.filter(({ parent }) => parent === null || !known.has(parent))
  return roots.flatMap((root) => [{ branch: '', node: root }, ...rowsBelow(root, '', childrenOf)])
}

function rowsBelow(
  node: PathwayGraphNode,
  indent: string,
  childrenOf: (hash: string) => readonly PathwayGraphNode[],
): TreeRow[] {
  const children = childrenOf(node.hash)
  return children.flatMap((child, index) => {
    const isLast = index === children.length - 1
    return [
      { branch: `${indent}${isLast ? '└ ' : '├ '}`, node: child },
      ...rowsBelow(child, `${indent}${isLast ? '  ' : '│ '}`, childrenOf),
    ]
  })
}
