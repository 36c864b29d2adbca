import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { ConfigError } from '#shared/config'
import builtIn from './default-catalogue.json'
import { type FieldCatalogue, fieldCatalogueSchema } from './field-catalogue'

/** The catalogue used when neither a request nor the configuration names one. */
export const defaultCatalogue: FieldCatalogue = fieldCatalogueSchema.parse(builtIn)

/**
 * The catalogue in a JSON file, or the built-in one when no file is named. Read once at start; throws an
 * ConfigError that names the file and every problem in it.
 */
export function loadCatalogue(file?: string): FieldCatalogue {
  if (file === undefined || file === '') return defaultCatalogue
  const parsed = fieldCatalogueSchema.safeParse(readJson(file))
  if (!parsed.success) {
    throw new ConfigError([`CATALOGUE_FILE: ${file} is not valid:\n${z.prettifyError(parsed.error)}`])
  }
  return parsed.data
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ConfigError([`CATALOGUE_FILE: ${file} cannot be read as JSON: ${reason}`])
  }
}
