import { connect, createServer } from 'node:net'
import { reachableHost } from '#shared/config'

/** What would happen to a server that wanted to listen on a port. */
export type PortState = 'free' | 'in-use' | 'not-permitted' | 'no-such-address' | 'no-such-host'

const STATES: Readonly<Record<string, PortState>> = {
  EADDRINUSE: 'in-use',
  EACCES: 'not-permitted',
  EADDRNOTAVAIL: 'no-such-address',
  EAFNOSUPPORT: 'no-such-address',
  EINVAL: 'no-such-address',
}

/**
 * Tries the port both ways, because either way alone is wrong somewhere: binding to one address succeeds on
 * macOS while another program holds all addresses (AirPlay does so on 5000), and connecting fails to a port
 * that is bound but not served.
 */
export async function probePort(host: string, port: number): Promise<PortState> {
  const state = await tryToListen(host, port)
  if (state !== 'free') return state
  return (await answers(host, port)) ? 'in-use' : 'free'
}

function tryToListen(host: string, port: number): Promise<PortState> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      // Whatever the resolver says, a name it does not know is none to listen on.
      const state = error.syscall === 'getaddrinfo' ? 'no-such-host' : STATES[error.code ?? '']
      if (state === undefined) reject(error)
      else resolve(state)
    })
    server.listen({ host, port }, () => server.close(() => resolve('free')))
  })
}

/** True when something takes connections on a port of `host`, which may be an any-address. */
export function answers(host: string, port: number): Promise<boolean> {
  // A URL has IPv6 addresses in brackets, a socket has not.
  const address = reachableHost(host).replace(/^\[|\]$/g, '')
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 500 })
    const finish = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.once('connect', () => finish(true))
    // A process that stood still hears of the time before it hears of a connection that was made in it.
    socket.once('timeout', () => setImmediate(finish, false))
    socket.once('error', () => finish(false))
  })
}
