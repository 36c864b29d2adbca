import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'

/**
 * Stands where the processing service would, so that enqueueing can be measured without the work behind it: it
 * takes a job and says that it is stored.
 */
const server = createServer(async (request, response) => {
  const { request_id } = (await json(request)) as { request_id: string }
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ request_id, stored: true }))
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'))
process.on('disconnect', () => process.exit(0))
