import { formatDuration } from './format-duration'
import { cutPieces, displayWidth, fitPieces, type Piece, piece, STYLES, toLine, widthOf } from './styled-text'
import { createTimeScale, type TimeScale } from './time-scale'
import type { TraceTree } from './trace-tree'
import { BAR, type Bar, toWaterfallRows, type WaterfallRow } from './waterfall-rows'

export const WATERFALL_WIDTH = { min: 60, default: 120, max: 400 } as const

export interface WaterfallOptions {
  /** Columns, within `WATERFALL_WIDTH`; 120 unless told otherwise. */
  readonly width?: number
  /** SGR colours for a terminal; plain text unless told otherwise. */
  readonly colour?: boolean
  /** `all`: every span on a row of its own with its attributes, events and links below; these are not cut. */
  readonly attributes?: 'key' | 'all'
  /** Spans of the trace that were received but not kept. */
  readonly refusedSpanCount?: number
}

const GAP = '  '
const FACT_SEPARATOR = ' · '
const DURATION_WIDTH = 8
const BAR_WIDTH = { min: 24, narrow: 14, max: 60 } as const
/** Below this width the bars shrink and the notes go. */
const NARROW_WIDTH = 100
const NOTES_WIDTH_MAX = 40
const NOTES_WIDTH_KEPT = 12
const GUIDE_SHARE_MAX = 0.3
const ROOT_END_MARK = '┊'
const SHORTENED_MARK = '┄'
/** Clocks of one machine differ by less; what is above is worth a word. */
const CLOCK_SKEW_NOTED_NS = 1e6

interface Layout {
  readonly label: number
  readonly bar: number
  readonly notes: number
}

/**
 * A trace as plain text: a header, one line a span (an HTTP call is one line for its client and server
 * span) with tree, name, duration, a bar to scale and the attributes worth a glance, lines for the time a
 * message waited and for the reason of a failure, and a legend of the signs used.
 *
 * Background work that outlasts the request is drawn right of a mark at the root span's end, to a scale of
 * its own when it would squash the request (`createTimeScale`). Ends with a line feed.
 */
export function renderWaterfall(tree: TraceTree, options: WaterfallOptions = {}): string {
  const { colour = false, attributes = 'key' } = options
  const width = Math.max(WATERFALL_WIDTH.min, options.width ?? WATERFALL_WIDTH.default)
  const rows = toWaterfallRows(tree, { attributes, guideWidthMax: Math.floor(width * GUIDE_SHARE_MAX) })
  const layout = toLayout(rows, width)
  const scale = createTimeScale(tree, layout.bar)
  const lines = [
    ...header(tree, scale, options.refusedSpanCount ?? 0, width).map((line) => cutPieces(line, width)),
    [],
    ruler(tree, scale, layout),
    ...rows.map((row) =>
      toPieces(row, scale, layout, attributes === 'all' ? Number.POSITIVE_INFINITY : width),
    ),
    [],
    ...legend(tree, rows, scale).map((line) => cutPieces(line, width)),
  ]
  return lines.map((line) => `${toLine(line, colour)}\n`).join('')
}

/** The label column takes what its longest row needs, as far as bars and notes keep a useful width. */
function toLayout(rows: readonly WaterfallRow[], width: number): Layout {
  const timed = rows.filter(({ timing }) => timing !== undefined)
  const labelWanted = maxOf(timed.map(({ guide, label }) => displayWidth(guide) + widthOf(label)))
  const notesWanted = Math.min(maxOf(timed.map(({ notes }) => widthOf(notes))), NOTES_WIDTH_MAX)
  const barMin = width < NARROW_WIDTH ? BAR_WIDTH.narrow : BAR_WIDTH.min
  const notesMin = width < NARROW_WIDTH ? 0 : Math.min(notesWanted, NOTES_WIDTH_KEPT)

  const free = width - DURATION_WIDTH - 3 * GAP.length
  const label = Math.min(labelWanted, free - barMin - notesMin)
  const bar = Math.max(barMin, Math.min(BAR_WIDTH.max, free - label - notesWanted))
  return { label, bar, notes: Math.max(0, free - label - bar) }
}

function maxOf(numbers: readonly number[]): number {
  return numbers.reduce((max, number) => Math.max(max, number), 0)
}

function header(tree: TraceTree, scale: TimeScale, refusedSpanCount: number, width: number): Piece[][] {
  const { root, nodes, services, errorCount, missingParentCount } = tree
  const facts = [
    ...durations(tree, scale).map((duration) => piece(duration)),
    piece(count(services.length, 'service')),
    piece(count(nodes.length, 'span')),
    errorCount === 0 ? piece('no errors') : piece(count(errorCount, 'error'), STYLES.error),
    ...(missingParentCount === 0
      ? []
      : [piece(`${count(missingParentCount, 'parent')} missing`, STYLES.waiting)]),
    ...(refusedSpanCount === 0 ? [] : [piece(`${count(refusedSpanCount, 'span')} not kept`, STYLES.waiting)]),
    piece(formatStart(tree.startNano)),
  ]
  return [
    [
      piece('trace ', STYLES.dim),
      piece(tree.traceId, STYLES.bold),
      piece(GAP),
      root === undefined
        ? piece('root span not received', STYLES.waiting)
        : piece(root.span.name, STYLES.bold),
    ],
    ...joinFacts(facts, width),
  ]
}

/** The facts side by side, on as many lines as the width asks for. */
function joinFacts(facts: readonly Piece[], width: number): Piece[][] {
  const lines: Piece[][] = []
  for (const fact of facts) {
    const line = lines.at(-1)
    if (line !== undefined && widthOf(line) + FACT_SEPARATOR.length + widthOf([fact]) <= width) {
      line.push(piece(FACT_SEPARATOR, STYLES.dim), fact)
    } else {
      lines.push([fact])
    }
  }
  return lines
}

/** `2026-01-12 09:30:00.000 UTC`; a time beyond what a date can hold stays the number it is. */
function formatStart(startNano: bigint): string {
  const started = new Date(Number(startNano / 1_000_000n))
  return Number.isNaN(started.getTime())
    ? `${startNano} ns`
    : started.toISOString().replace('T', ' ').replace('Z', ' UTC')
}

function durations({ root, durationNs }: TraceTree, scale: TimeScale): string[] {
  const total = formatDuration(durationNs)
  if (root === undefined || scale.rootEndCell === undefined) return [total]
  const own = formatDuration(root.endNs - root.startNs)
  return [root.span.kind === 'server' ? `answered in ${own}` : own, `${total} with background work`]
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

/** The times that matter, above the cells they fall on: start, root's end, end. */
function ruler(tree: TraceTree, scale: TimeScale, layout: Layout): Piece[] {
  const cells = Array.from({ length: scale.cells }, () => ' ')
  const { rootEndCell } = scale
  if (rootEndCell !== undefined) cells[rootEndCell] = ROOT_END_MARK
  write(cells, '0 ms', 0)
  const end = formatDuration(tree.durationNs)
  write(cells, end, scale.cells - end.length)
  if (rootEndCell !== undefined && tree.root !== undefined) {
    const rootEnd = formatDuration(tree.root.endNs)
    write(cells, rootEnd, rootEndCell - rootEnd.length - 1)
  }
  for (const { from, to } of scale.shortened) write(cells, SHORTENED_MARK.repeat(to - from), from)
  const indentation = layout.label + GAP.length + DURATION_WIDTH + GAP.length
  return [piece(' '.repeat(indentation)), piece(cells.join(''), STYLES.dim)]
}

/** Writes only where nothing is written yet, nor right beside it. */
function write(cells: string[], text: string, at: number): void {
  const covered = cells.slice(Math.max(0, at), at + text.length)
  const isBeside = [cells[at - 1], cells[at + text.length]].some(
    (cell) => cell !== undefined && cell !== ' ' && cell !== ROOT_END_MARK,
  )
  if (at >= 0 && !isBeside && covered.every((cell) => cell === ' ')) cells.splice(at, text.length, ...text)
}

function toPieces(row: WaterfallRow, scale: TimeScale, layout: Layout, widthMax: number): readonly Piece[] {
  const named = [piece(row.guide, STYLES.dim), ...row.label]
  if (row.timing === undefined) return cutPieces(named, widthMax)
  return [
    ...fitPieces(named, layout.label),
    piece(`${GAP}${formatDuration(row.timing.durationNs).padStart(DURATION_WIDTH)}${GAP}`),
    ...drawBars(row.timing.bars, scale),
    piece(GAP),
    ...cutPieces(row.notes, layout.notes),
  ]
}

function drawBars(bars: readonly Bar[], scale: TimeScale): Piece[] {
  const cells: Piece[] = Array.from({ length: scale.cells }, (_, cell) =>
    piece(cell === scale.rootEndCell ? ROOT_END_MARK : ' ', STYLES.dim),
  )
  for (const { startNs, endNs, glyph, style } of bars) {
    const { from, to } = scale.range(startNs, endNs)
    cells.fill(piece(glyph, style), from, to)
  }
  return joinAlike(cells)
}

function joinAlike(cells: readonly Piece[]): Piece[] {
  const joined: Piece[] = []
  for (const cell of cells) {
    const last = joined.at(-1)
    if (last?.style === cell.style)
      joined[joined.length - 1] = { text: last.text + cell.text, style: cell.style }
    else joined.push(cell)
  }
  return joined
}

/** Only the signs that were used are explained. */
function legend(tree: TraceTree, rows: readonly WaterfallRow[], scale: TimeScale): Piece[][] {
  const glyphs = new Set(rows.flatMap(({ timing }) => (timing?.bars ?? []).map(({ glyph }) => glyph)))
  const signs = [
    `${BAR.work} at work`,
    ...(glyphs.has(BAR.transit) ? [`${BAR.transit} on the way`, '→ call of another service'] : []),
    ...(glyphs.has(BAR.waiting) ? [`${BAR.waiting} waiting in a queue`] : []),
    ...(tree.errorCount > 0 ? ['✗ failed'] : []),
  ]
  return [
    [piece(signs.join('   '), STYLES.dim)],
    ...rootEndLegend(tree, scale),
    ...(tree.clockSkewNs > CLOCK_SKEW_NOTED_NS
      ? [
          [
            piece(
              `a span starts ${formatDuration(tree.clockSkewNs)} before its parent: clocks differ`,
              STYLES.dim,
            ),
          ],
        ]
      : []),
  ]
}

function rootEndLegend({ root }: TraceTree, scale: TimeScale): Piece[][] {
  if (scale.rootEndCell === undefined) return []
  const end = root?.span.kind === 'server' ? 'answer sent' : 'end of the root span'
  const own = scale.isSplit ? '; what follows has a scale of its own' : ''
  const idle = scale.shortened.length > 0 ? `, idle time shortened (${SHORTENED_MARK})` : ''
  return [[piece(`${ROOT_END_MARK} ${end}${own}${idle}`, STYLES.dim)]]
}
