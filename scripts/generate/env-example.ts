import type { z } from 'zod'
import {
  addressConfigSchema,
  baseConfigSchema,
  databaseConfigSchema,
  textLimitsConfigSchema,
} from '#shared/config'
import { telemetryConfigSchema } from '#shared/telemetry'
import { inspectorConfigSchema } from '../../inspector/config'
import { configSchema as gatewayConfig } from '../../services/gateway/config'
import { configSchema as processingConfig } from '../../services/processing/config'
import { configSchema as queryConfig } from '../../services/query/config'
import { configSchema as queueConfig } from '../../services/queue/config'
import { workerConfigSchema } from '../../services/queue/pool/worker-config'
import { configSchema as storageConfig } from '../../services/storage/config'
import { configSchema as validationConfig } from '../../services/validation/config'
import { type ConfigVariable, variablesOf } from './config-variables'

/** Sections of `.env.example`; a variable stands in the first section that has it. */
const SECTIONS: readonly (readonly [title: string, schema: z.ZodObject])[] = [
  ['Ports and addresses', addressConfigSchema],
  ['Every service', baseConfigSchema],
  ['What users send', textLimitsConfigSchema],
  ['Telemetry', telemetryConfigSchema],
  ['SQLite files', databaseConfigSchema],
  ['Query service', queryConfig],
  ['Validation service', validationConfig],
  ['Queue service', queueConfig],
  ['Workers', workerConfigSchema],
  ['Gateway', gatewayConfig],
  ['Processing service', processingConfig],
  ['Storage service', storageConfig],
  ['Inspector', inspectorConfigSchema],
]

const HEADER = `# Every variable of the mesh with its default. Copy this file to .env and change what is needed; the
# environment wins over the file. Written by \`npm run generate\` from the configuration schemas.
`

export interface ConfigSection {
  readonly title: string
  readonly variables: readonly ConfigVariable[]
}

/** All variables, each once, by section. */
export function configSections(): ConfigSection[] {
  const seen = new Set<string>()
  return SECTIONS.map(([title, schema]) => {
    const variables = variablesOf(schema).filter(({ name }) => !seen.has(name))
    for (const { name } of variables) seen.add(name)
    return { title, variables }
  }).filter(({ variables }) => variables.length > 0)
}

/** The text of `.env.example`: every variable commented out, so that copying it changes nothing. */
export function renderEnvExample(): string {
  const sections = configSections().map(({ title, variables }) => {
    const lines = variables.flatMap((variable) => [
      `# ${variable.description}`,
      `#${variable.name}=${variable.default ?? ''}`,
    ])
    return [`# --- ${title}`, ...lines].join('\n')
  })
  return `${HEADER}\n${sections.join('\n\n')}\n`
}
