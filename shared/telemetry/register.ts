/** Preloaded into every service: `node --require ./dist/shared/telemetry/register.js …`. */
import { startTelemetry } from './sdk'

startTelemetry()
