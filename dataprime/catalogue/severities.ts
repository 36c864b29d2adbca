import { SEVERITIES, type Severity } from '../tree/ast'

/** Ways people write a severity that is not one of the constants, in lower case. The numbers are those of ingestion. */
const SEVERITY_ALIASES: ReadonlyMap<string, Severity> = new Map([
  ...SEVERITIES.map((severity) => [severity.toLowerCase(), severity] as const),
  ['1', 'DEBUG'],
  ['2', 'VERBOSE'],
  ['3', 'INFO'],
  ['4', 'WARNING'],
  ['5', 'ERROR'],
  ['6', 'CRITICAL'],
  ['trace', 'VERBOSE'],
  ['information', 'INFO'],
  ['notice', 'INFO'],
  ['warn', 'WARNING'],
  ['err', 'ERROR'],
  ['errors', 'ERROR'],
  ['crit', 'CRITICAL'],
  ['fatal', 'CRITICAL'],
  ['emergency', 'CRITICAL'],
  ['alert', 'CRITICAL'],
])

/** The severity that a text or number most likely means. */
export function severityMeant(text: string): Severity | undefined {
  return SEVERITY_ALIASES.get(text.trim().toLowerCase())
}

/** What people write for a severity beside its name, in lower case. */
export function severitySpellings(severity: Severity): readonly string[] {
  return [...SEVERITY_ALIASES]
    .filter(([spelling, meant]) => meant === severity && spelling !== severity.toLowerCase())
    .map(([spelling]) => spelling)
}
