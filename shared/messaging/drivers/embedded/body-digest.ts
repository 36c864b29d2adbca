import { hash } from 'node:crypto'

/** What stays of a body when its message is done, to tell a message sent again from another under its id. */
export function digestOf(body: Uint8Array): Buffer {
  return hash('sha256', body, 'buffer')
}
