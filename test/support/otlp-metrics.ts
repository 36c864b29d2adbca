import { type AttributeMap, type OtlpAttributes, toMap } from './otlp-attributes'

const KINDS = ['sum', 'gauge', 'histogram', 'exponentialHistogram'] as const

/** A metric as it arrived over the wire, with its service from the resource. */
export interface ReceivedMetric {
  readonly service: string
  readonly name: string
  readonly unit: string
  readonly kind: (typeof KINDS)[number]
  readonly points: readonly ReceivedPoint[]
}

export interface ReceivedPoint {
  readonly attributes: AttributeMap
  /** Of a sum or a gauge. */
  readonly value: number | undefined
  /** Of a histogram. */
  readonly count: number | undefined
  readonly sum: number | undefined
  /** Of an exponential one. */
  readonly scale: number | undefined
}

interface OtlpPoint {
  readonly attributes?: OtlpAttributes
  readonly asInt?: string | number
  readonly asDouble?: number
  readonly count?: string | number
  readonly sum?: number
  readonly scale?: number
}

type OtlpMetric = { readonly name: string; readonly unit?: string } & {
  readonly [Kind in (typeof KINDS)[number]]?: { readonly dataPoints?: readonly OtlpPoint[] }
}

export interface OtlpMetrics {
  readonly resourceMetrics?: readonly {
    readonly resource?: { readonly attributes?: OtlpAttributes }
    readonly scopeMetrics?: readonly { readonly metrics?: readonly OtlpMetric[] }[]
  }[]
}

export function decodeMetrics(body: OtlpMetrics): ReceivedMetric[] {
  return (body.resourceMetrics ?? []).flatMap(({ resource, scopeMetrics }) => {
    const service = String(toMap(resource?.attributes)['service.name'])
    return (scopeMetrics ?? []).flatMap(({ metrics }) =>
      (metrics ?? []).flatMap((metric) => {
        const kind = KINDS.find((one) => metric[one] !== undefined)
        if (kind === undefined) throw new Error(`${metric.name} is of a kind that is not known here`)
        const { name, unit = '' } = metric
        return [{ service, name, unit, kind, points: (metric[kind]?.dataPoints ?? []).map(toPoint) }]
      }),
    )
  })
}

function toPoint({ attributes, asInt, asDouble, count, sum, scale }: OtlpPoint): ReceivedPoint {
  const value = asInt === undefined ? asDouble : Number(asInt)
  return {
    attributes: toMap(attributes),
    value,
    count: count === undefined ? undefined : Number(count),
    sum,
    scale,
  }
}
