import { createServer } from 'node:http'
import { parseArgs } from 'node:util'

/**
 * A command for the supervisor's tests, run as `node fake-service.js --port 0 …`. It answers
 * `/health/ready`, prints its port, and ends on SIGTERM with exit code 0, unless told to misbehave.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    /** Prints this line and exits with this code, without ever listening. */
    fail: { type: 'string' },
    /** Does not end on SIGTERM. */
    stubborn: { type: 'boolean', default: false },
    /** Ends with this code when `POST /exit` is called. */
    'exit-code': { type: 'string', default: '1' },
  },
})

if (values.fail !== undefined) {
  console.error('PORT: expected a number (found "x")')
  process.exit(Number(values.fail))
}

const server = createServer((request, response) => {
  response.end('{"status":"healthy"}')
  if (request.url === '/exit') process.exit(Number(values['exit-code']))
})

process.on('SIGTERM', () => {
  console.log('got SIGTERM')
  if (values.stubborn) return
  server.close(() => process.exit(0))
  server.closeAllConnections()
})

server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`listening on ${(server.address() as { port: number }).port}`)
})
