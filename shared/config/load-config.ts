import type { z } from 'zod'

export type Environment = Readonly<Record<string, string | undefined>>

/** A bad environment: every problem found, one a line, each naming its variable. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`invalid configuration\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.name = 'ConfigError'
  }
}

/**
 * Reads a service's variables from the environment and freezes them. A variable set to the empty string
 * counts as not set, because that is what an unfilled line of `.env` gives.
 *
 * @throws ConfigError with all problems at once
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment = process.env,
): Readonly<z.output<Schema>> {
  const given = Object.fromEntries(
    Object.keys(schema.shape)
      .map((name) => [name, environment[name]])
      .filter(([, value]) => value !== undefined && value !== ''),
  )
  const result = schema.safeParse(given)
  if (!result.success) throw new ConfigError(result.error.issues.map((issue) => toProblemLine(issue, given)))
  return Object.freeze(result.data)
}

function toProblemLine(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const name = issue.path.map(String).join('.')
  const value = given[name]
  const found = value === undefined ? 'not set' : isSecret(name) ? 'a value' : `"${withoutPassword(value)}"`
  return `${name}: ${issue.message} (found ${found})`
}

/** A URL without who enters: everything between its scheme and the last @, wherever that is. */
function withoutPassword(value: unknown): string {
  return String(value).replace(/(:\/*).*@/s, '$1…@')
}

/** Variables whose value must never be printed. */
export function isSecret(name: string): boolean {
  return /(_KEY|_TOKEN|_PASSWORD|_SECRET)$/.test(name)
}

/** The whole environment, for starting child processes; nothing else may read it past `loadConfig`. */
export function currentEnvironment(): Environment {
  return process.env
}

/** Sets a variable that a library reads from the environment itself, unless somebody set it already. */
export function setEnvironmentDefault(name: string, value: string): void {
  process.env[name] ??= value
}
