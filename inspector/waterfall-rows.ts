import { formatDuration } from './format-duration'
import type { Attributes, AttributeValue, Span } from './span'
import { callLabel, errorDetail, errorMessage, spanLabel, spanNotes } from './span-text'
import { type Piece, piece, SERVICE_STYLES, STYLES, type Style } from './styled-text'
import type { TraceNode, TraceTree } from './trace-tree'

export const BAR = { work: '█', transit: '─', waiting: '░' } as const

/** A stretch of time to draw; of overlapping ones the later in the list lies on top. */
export interface Bar {
  readonly startNs: number
  readonly endNs: number
  readonly glyph: (typeof BAR)[keyof typeof BAR]
  readonly style: Style
}

/** A line of the waterfall. One without timing may use the whole width for its label. */
export interface WaterfallRow {
  /** The tree's lines in front of the label. */
  readonly guide: string
  readonly label: readonly Piece[]
  readonly timing?: { readonly durationNs: number; readonly bars: readonly Bar[] }
  readonly notes: readonly Piece[]
}

export interface RowOptions {
  /** Columns the guides may take; deeper levels lose their leftmost lines. */
  readonly guideWidthMax: number
  /** `all`: every span on a row of its own, its attributes, events and links below it. */
  readonly attributes: 'key' | 'all'
}

interface Place {
  readonly node: TraceNode
  /** Lines of the levels above, in front of this node's own connector. */
  readonly guide: string
  readonly isTop: boolean
  readonly isLast: boolean
  readonly serviceAbove: string | undefined
}

/** The rows of a trace, in the order of its tree. */
export function toWaterfallRows(tree: TraceTree, options: RowOptions): WaterfallRow[] {
  const styleOf = serviceStyles(tree.services)
  const retold = findRetoldErrors(tree.nodes)
  const rows: WaterfallRow[] = []
  const pending: Place[] = tree.tops.map(toTopPlace).reverse()
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    const { node } = place
    const server = options.attributes === 'all' ? undefined : findServer(node)
    const { children, span } = server ?? node
    const inner = belowGuide(place, options.guideWidthMax)
    const detailGuide = `${inner}${children.length > 0 ? '│' : ' '}  `

    if (node.wait !== undefined) rows.push(waitRow(place, node.wait))
    rows.push(spanRow(place, server, styleOf))
    for (const label of details(node, server, retold, options))
      rows.push({ guide: detailGuide, label, notes: [] })
    const places = children.map((child, index) => ({
      node: child,
      guide: inner,
      isTop: false,
      isLast: index === children.length - 1,
      serviceAbove: span.resource.serviceName,
    }))
    for (const below of places.reverse()) pending.push(below)
  }
  return rows
}

function toTopPlace(node: TraceNode): Place {
  return { node, guide: '', isTop: true, isLast: true, serviceAbove: undefined }
}

function serviceStyles(services: readonly string[]): (service: string) => Style {
  const styles = new Map(
    services.map((service, index) => [service, SERVICE_STYLES[index % SERVICE_STYLES.length]]),
  )
  return (service) => styles.get(service) ?? STYLES.plain
}

/** The server span that belongs on its client's row: the call's only child, in the service called. */
function findServer(node: TraceNode): TraceNode | undefined {
  const [only, ...others] = node.children
  const isCall = node.span.kind === 'client' && others.length === 0 && only?.span.kind === 'server'
  return isCall ? only : undefined
}

function belowGuide({ guide, isTop, isLast }: Place, widthMax: number): string {
  if (isTop) return ''
  const below = `${guide}${isLast ? ' ' : '│'} `
  return below.length <= widthMax ? below : `…${below.slice(below.length - widthMax + 1)}`
}

function waitRow({ guide, isTop }: Place, wait: NonNullable<TraceNode['wait']>): WaterfallRow {
  const durationNs = wait.endNs - wait.startNs
  const where = wait.destination === undefined ? '' : ` in ${wait.destination}`
  return {
    guide: isTop ? '' : `${guide}│  `,
    label: [piece(`${BAR.waiting} waited ${formatDuration(durationNs)}${where}`, STYLES.waiting)],
    timing: { durationNs, bars: [{ ...wait, glyph: BAR.waiting, style: STYLES.waiting }] },
    notes: [],
  }
}

function spanRow(
  place: Place,
  server: TraceNode | undefined,
  styleOf: (service: string) => Style,
): WaterfallRow {
  const { node, guide, isTop, isLast, serviceAbove } = place
  const spans = server === undefined ? [node.span] : [server.span, node.span]
  const hasFailed = spans.some(({ status }) => status.code === 'error')
  const ownStyle = styleOf(node.span.resource.serviceName)
  const name =
    server === undefined
      ? spanLabel(node.span, serviceAbove, ownStyle)
      : callLabel(server.span, styleOf(server.span.resource.serviceName))
  const { startNs, endNs } = node
  const work = (at: TraceNode, style: Style): Bar => ({
    startNs: at.startNs,
    endNs: at.endNs,
    glyph: BAR.work,
    style: hasFailed ? STYLES.error : style,
  })
  return {
    guide: isTop ? '' : `${guide}${isLast ? '└─' : '├─'} `,
    label: hasFailed ? [piece('✗ ', STYLES.error), ...name] : name,
    timing: {
      durationNs: endNs - startNs,
      bars:
        server === undefined
          ? [work(node, ownStyle)]
          : [
              { startNs, endNs, glyph: BAR.transit, style: STYLES.dim },
              work(server, styleOf(server.span.resource.serviceName)),
            ],
    },
    notes: spanNotes(node, spans, name.map(({ text }) => text).join('')),
  }
}

function details(
  node: TraceNode,
  server: TraceNode | undefined,
  retold: ReadonlySet<TraceNode>,
  options: RowOptions,
): Piece[][] {
  const errors = [node, ...(server === undefined ? [] : [server])]
    .filter((candidate) => options.attributes === 'all' || !retold.has(candidate))
    .map(({ span }) => errorDetail(span))
    .filter((detail) => detail !== undefined)
  const lines = [...new Set(errors)].map((detail) => [piece(detail, STYLES.error)])
  return options.attributes === 'all' ? [...lines, ...spanContents(node)] : lines
}

/** Failed spans whose message a span below them has told already: the failure is described where it arose. */
function findRetoldErrors(nodes: readonly TraceNode[]): Set<TraceNode> {
  const retold = new Set<TraceNode>()
  for (const node of nodes) {
    const message = node.span.status.code === 'error' ? errorMessage(node.span) : undefined
    if (message === undefined) continue
    for (let above = node.parent; above !== undefined; above = above.parent) {
      if (errorMessage(above.span) === message) retold.add(above)
    }
  }
  return retold
}

function spanContents({ span }: TraceNode): Piece[][] {
  return [
    ...attributeLines(span.attributes, ''),
    ...span.events.flatMap((event) => [
      [piece(`event ${event.name} after ${formatDuration(Number(event.timeNano - span.startNano))}`)],
      ...attributeLines(event.attributes, '  '),
    ]),
    ...span.links.flatMap((link) => [
      [piece(`link to span ${link.spanId ?? '(none)'} of ${linkedTrace(span, link.traceId)}`)],
      ...attributeLines(link.attributes, '  '),
    ]),
  ]
}

function linkedTrace(span: Span, traceId: string | undefined): string {
  return traceId === span.traceId ? 'this trace' : `trace ${traceId ?? '(none)'}`
}

/** A value of several lines, such as a stack trace, keeps them. */
function attributeLines(attributes: Attributes, indentation: string): Piece[][] {
  return Object.entries(attributes).flatMap(([key, value]) => {
    const [first = '', ...rest] = toText(value).split(/\r?\n/)
    return [
      [piece(`${indentation}${key} = `, STYLES.dim), piece(first)],
      ...rest.map((line) => [piece(`${indentation}  ${line}`)]),
    ]
  })
}

function toText(value: AttributeValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
