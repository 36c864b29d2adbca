import { SERVICE_KEYS, SERVICES, type ServiceKey } from '#shared/config'
import { UsageError } from '../cli/command-error'

/** What the start command runs: the six services, and the trace inspector beside them. */
export const MEMBERS = [...SERVICE_KEYS, 'inspector'] as const

export type Member = ServiceKey | 'inspector'

/** The variable that moves a member to another port. */
export function portVariableOf(member: Member) {
  return member === 'inspector' ? 'INSPECTOR_PORT' : SERVICES[member].portVariable
}

export interface Selection {
  readonly only?: string | undefined
  readonly except?: string | undefined
  readonly 'no-inspector'?: boolean | undefined
}

/**
 * The members to run, in the order of `MEMBERS`. `only` is about services; the inspector comes with any of
 * them unless it is excluded.
 *
 * @throws UsageError for a name that is none, and when nothing is left
 */
export function selectMembers(selection: Selection): readonly Member[] {
  const only = toMembers('only', selection.only)
  const except = toMembers('except', selection.except) ?? []
  const selected = MEMBERS.filter((member) => {
    if (except.includes(member)) return false
    if (member === 'inspector') return !selection['no-inspector']
    return only?.includes(member) ?? true
  })
  if (selected.every((member) => member === 'inspector') && !only?.includes('inspector')) {
    throw new UsageError('no service is left to start')
  }
  return selected
}

function toMembers(option: string, names: string | undefined): readonly Member[] | undefined {
  return names?.split(',').map((name) => {
    const member = MEMBERS.find((one) => one === name.trim())
    if (member !== undefined) return member
    throw new UsageError(`--${option} takes names of ${MEMBERS.join(', ')}; "${name.trim()}" is none`)
  })
}
