import { z } from 'zod'
import {
  addressConfigSchema,
  baseConfigSchema,
  httpUrl,
  milliseconds,
  textLimitsConfigSchema,
  wholeNumber,
} from '#shared/config'
import { CATALOGUES_KEPT } from './generation/embedded/link/catalogue-index-cache'

export const configSchema = baseConfigSchema
  .extend(addressConfigSchema.shape)
  .extend(textLimitsConfigSchema.shape)
  .extend({
    OPENAI_API_KEY: z
      .string()
      .optional()
      .describe('Key of the model’s API; without it and OPENAI_BASE_URL the embedded engine answers.'),
    OPENAI_BASE_URL: httpUrl()
      .optional()
      .describe('Any OpenAI-compatible server, such as http://127.0.0.1:11434/v1.'),
    OPENAI_MODEL: z.string().default('gpt-5-mini').describe('Model that is asked.'),
    OPENAI_TIMEOUT_MS: milliseconds(20_000).describe('How long one attempt of the model may take.'),
    OPENAI_ATTEMPTS_MAX: wholeNumber(2, { max: 5 }).describe(
      'Attempts of the model before the embedded engine answers instead.',
    ),
    OPENAI_OUTPUT_TOKENS_MAX: wholeNumber(4_000).describe(
      'Most tokens one answer of the model may have, its reasoning included.',
    ),
    OPENAI_CATALOGUE_FIELDS_MAX: wholeNumber(300).describe(
      'Most fields of the catalogue that the prompt carries.',
    ),
    CATALOGUE_FILE: z
      .string()
      .optional()
      .describe('JSON file with the fields that questions may be about, instead of the built-in catalogue.'),
    CATALOGUE_CACHE_MAX: wholeNumber(CATALOGUES_KEPT).describe(
      'Most catalogues from requests that are kept prepared; the least recently used is forgotten first.',
    ),
  })

export type Config = Readonly<z.output<typeof configSchema>>
