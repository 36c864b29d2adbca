import { readFileSync } from 'node:fs'
import type { FieldCatalogue } from '#dataprime'
import { withTextSamples } from '#shared/contracts'
import { toPointer } from '#shared/errors'
import { fieldCatalogueSchema } from '../../services/query/catalogue/field-catalogue'
import { CommandError, EXIT } from '../cli/command-error'

/** Most problems of a file that are told. */
const PROBLEMS_MAX = 10

/** The catalogue in a file. Whatever is wrong with it is told with the place: `fields.json: /logs/0/type: …`. */
export function loadCatalogue(file: string): FieldCatalogue {
  const parsed = fieldCatalogueSchema.safeParse(readJson(file))
  if (parsed.success) return withTextSamples(parsed.data)
  const problems = parsed.error.issues
    .slice(0, PROBLEMS_MAX)
    .map(({ path, message }) => `${file}: ${toPointer(path) || 'the whole file'}: ${message}`)
  throw new CommandError(problems.join('\n'), EXIT.USAGE)
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''))
  } catch (error) {
    const what = error instanceof SyntaxError ? 'is no JSON' : 'cannot be read'
    throw new CommandError(`the catalogue ${file} ${what}: ${(error as Error).message}`, EXIT.USAGE)
  }
}
