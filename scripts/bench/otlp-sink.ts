import { createServer } from 'node:http'

/**
 * A collector that costs as little as one can: it reads and forgets. The benchmark runs it as a process of its
 * own, so that receiving spans is not charged to the services.
 */
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.setHeader('content-type', 'application/json').end('{}')
  })
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'))
process.on('disconnect', () => process.exit(0))
