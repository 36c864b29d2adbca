import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import path from 'node:path'
import { createServer, type TLSSocket } from 'node:tls'

export interface TlsFront {
  readonly port: number
  /** PEM file of the certificate, which is its own authority. */
  readonly caFile: string
  close(): Promise<void>
}

/**
 * Speaks TLS, for `localhost`, in front of a broker that does not. Undefined when `openssl`, which makes the
 * certificate, is not installed.
 */
export async function startTlsFront(
  folder: string,
  target: { readonly host: string; readonly port: number },
): Promise<TlsFront | undefined> {
  const [caFile, keyFile] = [path.join(folder, 'certificate.pem'), path.join(folder, 'key.pem')]
  const request =
    'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost'
  const made = spawnSync('openssl', [...request.split(' '), '-keyout', keyFile, '-out', caFile])
  if (made.status !== 0) return undefined
  const sockets = new Set<TLSSocket>()
  const server = createServer({ cert: readFileSync(caFile), key: readFileSync(keyFile) }, (incoming) => {
    const outgoing = connect(target)
    sockets.add(incoming)
    incoming.pipe(outgoing).pipe(incoming)
    incoming.on('error', () => outgoing.destroy())
    outgoing.on('error', () => incoming.destroy())
    incoming.on('close', () => sockets.delete(incoming))
  })
  server.on('tlsClientError', () => {})
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    caFile,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
