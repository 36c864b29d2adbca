import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { currentEnvironment } from '#shared/config'

/**
 * When a process was started, in whatever words the system has for it; null when there is no such process
 * (a zombie is none). A pid alone does not say who a process is, because the system uses pids again; pid and
 * identity together do.
 */
export function processIdentity(pid: number, platform: NodeJS.Platform = process.platform): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null
  return platform === 'linux' ? identityFromProc(pid) : identityFromPs(pid)
}

/** `/proc/<pid>/stat`, because small Linux images have no `ps`: state is field 3, start time field 22. */
function identityFromProc(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Field 2 is the command in brackets, which may hold spaces and brackets of its own.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
  } catch {
    return null
  }
}

/** Two processes that look must see the same words, whatever the language and time zone of each. */
function identityFromPs(pid: number): string | null {
  try {
    const row = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { ...currentEnvironment(), LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
    const [state = '', ...started] = row.split(/\s+/)
    return state === '' || state.startsWith('Z') ? null : started.join(' ')
  } catch {
    return null
  }
}
