import type { SmokeSession } from './session'

/** One thing that must hold of a running mesh. */
export interface Check {
  readonly title: string
  /** Throws when it does not hold, `Skip` when it cannot be told; what it answers is worth printing. */
  run(session: SmokeSession): Promise<string | undefined>
}

export interface CheckResult {
  readonly title: string
  readonly result: 'pass' | 'fail' | 'skip'
  readonly detail: string | null
  readonly took_ms: number
}

/** The check does not apply to this mesh. */
export class Skip extends Error {}

/** @throws Error unless `condition` holds; `found` says what was there instead */
export function expect(condition: boolean, found: string): asserts condition {
  if (!condition) throw new Error(found)
}

/** Runs the checks one after the other, and hands on each result as soon as it is known. */
export async function runChecks(
  checks: readonly Check[],
  session: SmokeSession,
  onResult: (result: CheckResult) => void,
): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const check of checks) {
    const result = await runCheck(check, session)
    results.push(result)
    onResult(result)
  }
  return results
}

async function runCheck({ title, run }: Check, session: SmokeSession): Promise<CheckResult> {
  const startedAt = performance.now()
  const toResult = (result: CheckResult['result'], detail: string | undefined): CheckResult => ({
    title,
    result,
    detail: detail ?? null,
    took_ms: Math.round(performance.now() - startedAt),
  })
  try {
    return toResult('pass', await run(session))
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return toResult(error instanceof Skip ? 'skip' : 'fail', detail)
  }
}
