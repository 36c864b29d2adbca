import { withBroker } from './real-broker'

// `node probe-broker.js <url>` exits with 0 when a broker answers there, and else says why not.

withBroker(process.argv[2] ?? '', async () => {}).catch((error: Error & { code?: string }) => {
  process.stderr.write(error.message || error.code || String(error))
  process.exit(1)
})
