import { z } from 'zod'
import { wholeNumber } from './variables'

/** Limits on what users send, the same in every service that takes it. */
export const textLimitsConfigSchema = z.object({
  QUESTION_LENGTH_MAX: wholeNumber(4_000).describe('Most characters a question or a comment may have.'),
  QUERY_LENGTH_MAX: wholeNumber(20_000).describe('Most characters a DataPrime query may have.'),
})

/** The same under the names the contracts use. */
export function textLimits(config: Readonly<z.output<typeof textLimitsConfigSchema>>) {
  return { questionLengthMax: config.QUESTION_LENGTH_MAX, queryLengthMax: config.QUERY_LENGTH_MAX }
}
