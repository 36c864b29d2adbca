import { SEVERITIES, type Severity } from '#dataprime'
import type { Reading } from '../draft'
import type { ComparisonOperator, Condition } from '../intermediate'
import { type Field, isOfConcept } from '../link/field'

const NAMES: ReadonlyMap<string, Severity> = new Map(
  (
    [
      ['VERBOSE', ['verbose']],
      ['DEBUG', ['debug', 'debugs']],
      ['INFO', ['info', 'infos', 'informational', 'information']],
      ['WARNING', ['warning', 'warnings', 'warn', 'warns']],
      ['ERROR', ['error', 'errors', 'err', 'errs', 'errored']],
      ['CRITICAL', ['critical', 'criticals', 'crit', 'crits', 'fatal', 'fatals']],
    ] as const
  ).flatMap(([severity, words]) => words.map((word): [string, Severity] => [word, severity])),
)

/** The severity a lower-case word stands for, undefined for other words. */
export function severityOf(word: string): Severity | undefined {
  return NAMES.get(word)
}

/** A field of the records' own that holds the level ("level": "warn"), where the engine's severity is not listed. */
function levelField(reading: Reading): Field | null {
  const { fields } = reading.index
  if (fields.some(({ text }) => text === '$m.severity')) return null
  return (
    fields.find((field) => field.type === 'string' && isOfConcept(field, 'severity') && holdsLevels(field)) ??
    null
  )
}

function holdsLevels(field: Field): boolean {
  return field.samples.some((sample) => severityOf(sample.toLowerCase()) !== undefined)
}

/** True when records of the source tell their severity: every log does. */
export function hasSeverity(reading: Reading): boolean {
  return reading.index.source === 'logs' || levelField(reading) !== null
}

/** Records of one of the severities. */
export function severityCondition(reading: Reading, severities: readonly Severity[]): Condition {
  const field = levelField(reading)
  if (field === null) return { kind: 'severity', severities, isNegated: false }
  const values = severities.map((severity) => spelling(field, severity))
  const [first] = values
  if (values.length === 1 && first !== undefined)
    return { kind: 'compare', field, operator: '==', value: first }
  return { kind: 'oneOf', field, values, isNegated: false }
}

/** Records from one severity up or down; levels in a field of the records' own have no order and are listed. */
export function severityRange(reading: Reading, operator: ComparisonOperator, severity: Severity): Condition {
  const field = levelField(reading)
  if (field === null) return { kind: 'severityRange', operator, severity }
  const at = SEVERITIES.indexOf(severity)
  const listed = SEVERITIES.filter((other, index) => isWithin(operator, index, at) && isSampled(field, other))
  return severityCondition(reading, listed.length > 0 ? listed : [severity])
}

function isWithin(operator: ComparisonOperator, index: number, at: number): boolean {
  if (operator === '>') return index > at
  if (operator === '>=') return index >= at
  if (operator === '<') return index < at
  return operator === '<=' ? index <= at : index === at
}

function isSampled(field: Field, severity: Severity): boolean {
  return field.samples.some((sample) => severityOf(sample.toLowerCase()) === severity)
}

/** The severity as the field's samples write it. */
function spelling(field: Field, severity: Severity): string {
  return (
    field.samples.find((sample) => severityOf(sample.toLowerCase()) === severity) ?? severity.toLowerCase()
  )
}
