/**
 * The names in a PromQL expression, enough of it for rules and dashboards that always select with braces or by
 * the name of a recorded series (`level:metric:operation`).
 */

/** Metrics and recorded series that the expression reads. */
export function metricNamesOf(expression: string): string[] {
  const bare = withoutStrings(expression)
  const selected = [...bare.matchAll(/([a-zA-Z_:][\w:]*)\s*\{/g)].map(([, name]) => name as string)
  const recorded = [...bare.matchAll(/[a-zA-Z_]\w*(?::\w+)+/g)].map(([name]) => name)
  return [...new Set([...selected, ...recorded])]
}

/** Labels that the expression matches or groups by. */
export function labelNamesOf(expression: string): string[] {
  const bare = withoutStrings(expression)
  const matched = [...bare.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*""/g)].map(
    ([, name]) => name as string,
  )
  const grouped = [...bare.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(/\s*,\s*/),
  )
  return [...new Set([...matched, ...grouped])]
}

function withoutStrings(expression: string): string {
  return expression.replace(/"[^"]*"/g, '""')
}
