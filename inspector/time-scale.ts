import type { TraceNode, TraceTree } from './trace-tree'

/** Cells from `from` up to, not with, `to`; at least one. */
export interface CellRange {
  readonly from: number
  readonly to: number
}

/** Where a time falls on a line of `cells` characters. */
export interface TimeScale {
  readonly cells: number
  /** The cell that marks the end of the root span; undefined when nothing worth showing comes after it. */
  readonly rootEndCell: number | undefined
  /** Idle times that were shortened, as the cells they take. */
  readonly shortened: readonly CellRange[]
  /** True when the work after the root's end is drawn to a scale of its own. */
  readonly isSplit: boolean
  range(startNs: number, endNs: number): CellRange
}

interface Stretch {
  readonly fromNs: number
  readonly toNs: number
  readonly fromCell: number
  readonly toCell: number
  readonly isShortened: boolean
}

/** What ends this little after the root is part of the request. */
const AFTER_ROOT_SHARE_MIN = 0.05
/** OpenTelemetry's SDK for JavaScript starts spans at whole milliseconds, so that ends are out by as much. */
const CLOCK_STEP_NS = 1e6
/** Beyond this share of the whole trace, the part after the root's end would squash the request. */
const AFTER_ROOT_SHARE_MAX = 0.5
/** What the request keeps of the line then. */
const REQUEST_CELLS_SHARE = 0.6
/** Idle times longer than this share of all work after the root's end are shortened to a few cells. */
const IDLE_TO_WORK_SHARE_MIN = 0.5
const IDLE_CELLS_MAX = 3
/** What shortened idle times may take of the part after the root's end, all together. */
const IDLE_CELLS_SHARE_MAX = 0.6

/**
 * Time against cells. One linear scale when all of the trace is request. Otherwise the line has two parts
 * with the root's end marked between them, and background work that outlasts the request does not squash
 * it: the part after the mark has a scale of its own, in which long idle times (a message waiting in its
 * queue, a retry waiting for its turn) are shortened.
 */
export function createTimeScale(tree: TraceTree, cells: number): TimeScale {
  const rootEndNs = tree.root?.endNs ?? tree.durationNs
  const afterNs = tree.durationNs - rootEndNs
  if (tree.root === undefined || afterNs <= Math.max(CLOCK_STEP_NS, rootEndNs * AFTER_ROOT_SHARE_MIN)) {
    return toScale(cells, [linear(0, tree.durationNs, 0, cells)], undefined)
  }
  const afterShare = afterNs / tree.durationNs
  const isSplit = afterShare > AFTER_ROOT_SHARE_MAX
  const requestShare = isSplit ? REQUEST_CELLS_SHARE : 1 - afterShare
  const rootEndCell = clamp(Math.round((cells - 1) * requestShare), 1, cells - 2)
  const request = linear(0, rootEndNs, 0, rootEndCell)
  const after = isSplit
    ? shortenIdle(tree.nodes, rootEndNs, tree.durationNs, rootEndCell + 1, cells)
    : [linear(rootEndNs, tree.durationNs, rootEndCell + 1, cells)]
  return toScale(cells, [request, ...after], rootEndCell, isSplit)
}

function linear(fromNs: number, toNs: number, fromCell: number, toCell: number): Stretch {
  return { fromNs, toNs, fromCell, toCell, isShortened: false }
}

/** Stretches of work and of idleness in turn; long idle ones take few cells, the others share the rest. */
function shortenIdle(
  nodes: readonly TraceNode[],
  fromNs: number,
  toNs: number,
  fromCell: number,
  toCell: number,
): Stretch[] {
  const idle = findIdle(nodes, fromNs, toNs)
  const busyNs = toNs - fromNs - lengthOf(idle)
  const long = idle.filter((gap) => gap.toNs - gap.fromNs > busyNs * IDLE_TO_WORK_SHARE_MIN)
  const cellsForIdle = (toCell - fromCell) * IDLE_CELLS_SHARE_MAX
  const idleCells = Math.min(IDLE_CELLS_MAX, Math.floor(cellsForIdle / Math.max(1, long.length)))
  const workNs = toNs - fromNs - lengthOf(long)
  if (idleCells < 1 || workNs <= 0) return [linear(fromNs, toNs, fromCell, toCell)]

  const cellsPerNs = (toCell - fromCell - long.length * idleCells) / workNs
  const stretches: Stretch[] = []
  let cell = fromCell
  let ns = fromNs
  for (const gap of long) {
    const gapCell = cell + (gap.fromNs - ns) * cellsPerNs
    stretches.push(linear(ns, gap.fromNs, cell, gapCell))
    stretches.push({ ...gap, fromCell: gapCell, toCell: gapCell + idleCells, isShortened: true })
    cell = gapCell + idleCells
    ns = gap.toNs
  }
  return [...stretches, linear(ns, toNs, cell, toCell)]
}

interface IdleTime {
  readonly fromNs: number
  readonly toNs: number
}

function lengthOf(times: readonly IdleTime[]): number {
  return times.reduce((sum, { fromNs, toNs }) => sum + toNs - fromNs, 0)
}

/** The times between two bounds in which no span is open. */
function findIdle(nodes: readonly TraceNode[], fromNs: number, toNs: number): IdleTime[] {
  const idle: IdleTime[] = []
  let busyUntilNs = fromNs
  for (const { startNs, endNs } of nodes.toSorted((one, other) => one.startNs - other.startNs)) {
    if (startNs > busyUntilNs) idle.push({ fromNs: busyUntilNs, toNs: Math.min(startNs, toNs) })
    busyUntilNs = Math.max(busyUntilNs, endNs)
  }
  return idle
}

function toScale(
  cells: number,
  stretches: readonly Stretch[],
  rootEndCell: number | undefined,
  isSplit = false,
): TimeScale {
  const cellOf = (ns: number, isIn: (stretch: Stretch) => boolean): number => {
    const stretch = stretches.find(isIn) ?? stretches.at(-1)
    if (stretch === undefined || stretch.toNs <= stretch.fromNs) return stretch?.fromCell ?? 0
    const share = (ns - stretch.fromNs) / (stretch.toNs - stretch.fromNs)
    return stretch.fromCell + clamp(share, 0, 1) * (stretch.toCell - stretch.fromCell)
  }
  return {
    cells,
    rootEndCell,
    isSplit,
    shortened: stretches
      .filter(({ isShortened }) => isShortened)
      .map(({ fromCell, toCell }) => ({ from: Math.round(fromCell), to: Math.round(toCell) })),
    // A boundary belongs to what starts at it and to what ends at it, on its own side each.
    range(startNs, endNs) {
      const from = Math.round(cellOf(startNs, (stretch) => startNs < stretch.toNs))
      const to = Math.round(cellOf(endNs, (stretch) => endNs <= stretch.toNs))
      const first = clamp(from, 0, cells - 1)
      return { from: first, to: clamp(to, first + 1, cells) }
    },
  }
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(max, value))
}
