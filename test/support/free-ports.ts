import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/**
 * Below the ports that operating systems give to outgoing connections (Linux: from 32768): one of those may be
 * taken again between the moment it is found free and the moment a service listens on it.
 */
const LOWEST = 15_000
const HIGHEST = 32_000

/**
 * Different ports that nothing listens on right now, and that nobody else is given while this process lives: test
 * files run at the same time, and a service that is killed leaves its port free until it is started again.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) {
    const port = randomInt(LOWEST, HIGHEST)
    if ((await reserve(port)) && (await isFree(port))) ports.push(port)
  }
  return ports
}

/** Takes the UDP port of this number, which none of our services uses: two processes cannot have the same one. */
function reserve(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4').unref()
    socket.once('error', () => {
      socket.close()
      resolve(false)
    })
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => resolve(true))
  })
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
