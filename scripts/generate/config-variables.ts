import { z } from 'zod'

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

/** As it is written where the schema has it in that form, else what parsing nothing gives. */
function defaultOf(variable: z.ZodType): string | undefined {
  const { default: written } = z.toJSONSchema(variable, { io: 'input', unrepresentable: 'any' })
  if (written !== undefined) return String(written)
  const parsed = variable.safeParse(undefined)
  return parsed.success && parsed.data !== undefined ? String(parsed.data) : undefined
}
