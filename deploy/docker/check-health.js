/**
 * Health check of a container, in place of curl, which the image does not have:
 *
 *   node check-health.js http://127.0.0.1:5000/health/ready
 *
 * Exit code 0 when the URL answers with a 2xx status, else 1 and the reason on standard error.
 */

/** Below the timeout that Docker gives the whole check, so that it is this program that says why. */
const TIMEOUT_MS = 3_000

async function checkHealth(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`)
}

checkHealth(process.argv[2]).then(
  () => process.exit(0),
  (error) => {
    const reason = error.cause?.message || error.cause?.code || error.message
    process.stderr.write(`${reason}\n`)
    process.exit(1)
  },
)
