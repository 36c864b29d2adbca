import { checkQuery } from './check-query'
import { completeQuery } from './complete-query'
import { explainQuery } from './explain-query'
import { formatQuery } from './format-query'
import { repairQuery } from './repair-query'
import type { Subcommand } from './subcommand'

export const SUBCOMMANDS = {
  check: checkQuery,
  format: formatQuery,
  repair: repairQuery,
  explain: explainQuery,
  complete: completeQuery,
} as const satisfies Record<string, Subcommand>

export type SubcommandName = keyof typeof SUBCOMMANDS

export function isSubcommandName(word: string): word is SubcommandName {
  return Object.hasOwn(SUBCOMMANDS, word)
}
