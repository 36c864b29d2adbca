import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { isServiceKey, loadConfig, SERVICES, WORKER } from '#shared/config'
import { telemetryConfigSchema } from './config'

/** `service.instance.id`: this process and no other, whether or not it is traced. */
export const OWN_INSTANCE_ID = randomUUID()

const nameSchema = telemetryConfigSchema.pick({ OTEL_SERVICE_NAME: true })

let serviceName: string | undefined

/** `service.name` of this process. */
export function ownServiceName(): string {
  serviceName ??= loadConfig(nameSchema).OTEL_SERVICE_NAME ?? ownProgramName()
  return serviceName
}

/**
 * `…/services/query/main.js` is `query_service`, `…/worker.js` is `queue_worker`; any other program is named after
 * its file.
 */
export function ownProgramName(): string {
  const entryFile = process.argv[1] ?? ''
  const folder = path.basename(path.dirname(entryFile))
  if (isServiceKey(folder)) return SERVICES[folder].serviceName
  const program = path.basename(entryFile, '.js')
  return program === 'worker' ? WORKER.serviceName : program
}
