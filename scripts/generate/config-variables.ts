import type { z } from 'zod'

/** One variable as the documentation shows it. */
export interface ConfigVariable {
  readonly name: string
  readonly description: string
  /** As it would be written in `.env`; undefined when there is none. */
  readonly default: string | undefined
}

/** The variables of a configuration schema, in the order they are declared. */
export function variablesOf(schema: z.ZodObject): ConfigVariable[] {
  return Object.entries(schema.shape).map(([name, variable]) => ({
    name,
    description: variable.meta()?.description ?? '',
    default: defaultOf(variable),
  }))
}

/** What parsing nothing gives is the default; a list is written as it is read, separated by commas. */
function defaultOf(variable: z.ZodType): string | undefined {
  const parsed = variable.safeParse(undefined)
  if (!parsed.success || parsed.data === undefined) return undefined
  return Array.isArray(parsed.data) ? parsed.data.join(',') : String(parsed.data)
}
