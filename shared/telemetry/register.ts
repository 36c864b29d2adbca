/** Preloaded into every service: `node --require ./dist/shared/telemetry/register.js …`. */
import { ConfigError } from '#shared/config'
import { startTelemetry } from './sdk'

try {
  startTelemetry()
} catch (error) {
  // The service reports these together with its own bad variables and exits.
  if (!(error instanceof ConfigError)) throw error
}
