export type AttributeMap = Readonly<Record<string, unknown>>

/** Attributes as OTLP/HTTP JSON has them. */
export type OtlpAttributes = readonly { readonly key: string; readonly value: OtlpValue }[]

interface OtlpValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string | number
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values?: readonly OtlpValue[] }
}

export function toMap(attributes: OtlpAttributes = []): AttributeMap {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, toValue(value)]))
}

function toValue(value: OtlpValue): unknown {
  if (value.stringValue !== undefined) return value.stringValue
  if (value.boolValue !== undefined) return value.boolValue
  if (value.intValue !== undefined) return Number(value.intValue)
  if (value.doubleValue !== undefined) return value.doubleValue
  return value.arrayValue?.values?.map(toValue)
}
