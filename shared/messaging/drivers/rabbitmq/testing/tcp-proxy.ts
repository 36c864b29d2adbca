import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpProxy {
  readonly port: number
  /** Ends every connection that runs through it at once, as a broken network does. */
  cut(): void
  /** Whether new connections are passed on; those that are not are cut off. */
  setOpen(isOpen: boolean): void
  close(): Promise<void>
}

/** Passes bytes to a broker, so that a test can break the connection without touching the broker. */
export async function startTcpProxy(target: {
  readonly host: string
  readonly port: number
}): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let isOpen = true
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((incoming) => {
    keep(incoming)
    if (!isOpen) {
      incoming.resetAndDestroy()
      return
    }
    const outgoing = connect(target)
    keep(outgoing)
    incoming.pipe(outgoing).pipe(incoming)
    incoming.on('close', () => outgoing.destroy())
    outgoing.on('close', () => incoming.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    setOpen: (value) => {
      isOpen = value
    },
    close: async () => {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
