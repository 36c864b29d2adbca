import http from 'node:http'

export interface SeenEvent {
  readonly id: string
  readonly name: string
  readonly data: Record<string, unknown>
}

/** A stream of server-sent events as a client without any library reads it. */
export interface SeenStream {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  /** Everything received so far, as it came. */
  text(): string
  /** The events received so far. */
  events(): SeenEvent[]
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>
  /** Goes away. */
  close(): void
}

export function openEventStream(url: string, headers: Record<string, string> = {}): Promise<SeenStream> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      const ended = new Promise<void>((end) => {
        response.once('end', end)
        response.once('error', () => end())
      })
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: () => text,
        events: () => parse(text),
        ended,
        close: () => request.destroy(),
      })
    })
    request.once('error', reject)
  })
}

function parse(text: string): SeenEvent[] {
  const blocks = text.split('\n\n').slice(0, -1)
  return blocks.flatMap((block) => {
    const field = (name: string) =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2)
    const data = field('data')
    return data === undefined
      ? []
      : [{ id: field('id') ?? '', name: field('event') ?? '', data: JSON.parse(data) }]
  })
}
