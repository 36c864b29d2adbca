import { readFile } from 'node:fs/promises'

/** Connections in this state have two living ends. */
const ESTABLISHED = '01'

/**
 * Connections to a local port whose receiver has not read all that was sent to it: of a process that stands still,
 * those on which requests have reached it. Null where the system does not tell (`/proc/net/tcp` is Linux's).
 */
export async function countUnreadSockets(port: number): Promise<number | null> {
  const text = await readFile('/proc/net/tcp', 'utf8').catch(() => null)
  if (text === null) return null
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const sockets = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
  return sockets.filter(([, local, , state, queues]) => {
    const unread = Number.parseInt(queues?.split(':')[1] ?? '0', 16)
    return local?.endsWith(suffix) === true && state === ESTABLISHED && unread > 0
  }).length
}
