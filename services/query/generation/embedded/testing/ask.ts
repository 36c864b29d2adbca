import { type FieldCatalogue, fieldCatalogueSchema } from '../../../catalogue/field-catalogue'
import { defaultCatalogue } from '../../../catalogue/load-catalogue'
import type { GenerationResult } from '../../query-generator'
import { createEmbeddedGenerator } from '../create-embedded-generator'
import banking from './banking-catalogue.json'
import bare from './bare-catalogue.json'
import fleet from './fleet-catalogue.json'

/** A bank's fields: another message field, nested names, cents, flags, sender and receiver. */
export const bankingCatalogue = fieldCatalogueSchema.parse(banking)
/** Vehicles: levels in a field of the records' own, units nobody converts, no spans. */
export const fleetCatalogue = fieldCatalogueSchema.parse(fleet)

/** Names and types alone: no descriptions, no samples, no units. */
export const bareCatalogue = fieldCatalogueSchema.parse(bare)

/** Wednesday 12 March 2025, 10:20 UTC. */
export const NOW = new Date('2025-03-12T10:20:00Z')

export interface Asked {
  readonly catalogue?: FieldCatalogue
  readonly previousQuery?: string
  readonly now?: Date
  readonly timezone?: string
}

const generator = createEmbeddedGenerator()

/** What the embedded engine answers to a question. */
export function ask(userInput: string, asked: Asked = {}): Promise<GenerationResult> {
  const { catalogue = defaultCatalogue, previousQuery, now = NOW, timezone = 'UTC' } = asked
  return generator.generate({
    userInput,
    now,
    timezone,
    catalogue,
    intent: { intent: 'unknown', confidence: 0, keywordsFound: [] },
    ...(previousQuery === undefined ? {} : { previousQuery }),
  })
}

/** The query that a question becomes, or its outcome when it becomes none. */
export async function askQuery(userInput: string, asked: Asked = {}): Promise<string> {
  const result = await ask(userInput, asked)
  return result.outcome === 'query' ? result.query : result.outcome
}
