import { ConfigError, loadConfig } from '#shared/config'
import { inspectorConfigSchema } from './config'
import { startInspector } from './server'

/** `EX_CONFIG` of sysexits.h: starting again cannot help before somebody changes the configuration. */
const EXIT_MISCONFIGURED = 78

async function main(): Promise<void> {
  const inspector = await startInspector({ config: loadConfig(inspectorConfigSchema) })
  const stop = (): void => void inspector.close().then(() => process.exit(0))
  process.once('SIGTERM', stop).once('SIGINT', stop)
  process.stdout.write(`inspector listening on ${inspector.url}, traces: curl ${inspector.url}/traces\n`)
}

main().catch((error: unknown) => {
  process.stderr.write(`inspector: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = error instanceof ConfigError ? EXIT_MISCONFIGURED : 1
})
