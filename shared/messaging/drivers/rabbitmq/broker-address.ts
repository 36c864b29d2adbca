/** Where a broker is and who enters, taken from an AMQP URL. */
export interface BrokerAddress {
  readonly protocol: 'amqp' | 'amqps'
  readonly hostname: string
  readonly port: number
  readonly username: string
  readonly password: string
  readonly vhost: string
  /** What people are told: everything but the user and the password. */
  readonly name: string
}

const PORTS = { amqp: 5672, amqps: 5671 } as const

/**
 * Reads `amqp://user:password@host:port/vhost`, by the rules of RabbitMQ's URI specification: without user and
 * password it is guest, without a path the virtual host is `/`.
 *
 * @throws Error that names what is wrong and holds nothing of the user and the password
 */
export function parseBrokerUrl(text: string): BrokerAddress {
  const scheme = /^(amqps?):\/\//.exec(text)?.[1] as 'amqp' | 'amqps' | undefined
  if (scheme === undefined) throw new Error('the broker URL does not begin with amqp:// or amqps://')
  let url: URL
  try {
    url = new URL(text)
  } catch {
    // The parser's own error quotes the URL, with the password.
    throw new Error('the broker URL is not a valid URL; special characters of a password are written as %XX')
  }
  if (url.hostname === '') throw new Error('the broker URL has no host')
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port === '' ? PORTS[scheme] : Number(url.port)
  const path = url.pathname.slice(1)
  if (path.includes('/')) throw new Error('the virtual host of the broker URL has a slash; write it as %2F')
  const isAnonymous = url.username === '' && url.password === ''
  return {
    protocol: scheme,
    hostname,
    port,
    username: isAnonymous ? 'guest' : decode(url.username, 'user'),
    password: isAnonymous ? 'guest' : decode(url.password, 'password'),
    vhost: path === '' ? '/' : decode(path, 'virtual host'),
    name: `${scheme}://${url.hostname}:${port}/${path}`,
  }
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Error(`the ${what} of the broker URL has a % that is not followed by two hexadecimal digits`)
  }
}
