import { z } from 'zod'

/**
 * What the model is asked to answer. Strict structured output wants every property required and no others,
 * so what does not apply is null.
 */
export const modelAnswerSchema = z.strictObject({
  outcome: z
    .enum(['query', 'refused', 'clarify'])
    .describe(
      'query: the question can be answered. refused: it is no question about logs or spans. clarify: one thing must be known first.',
    ),
  query: z.string().nullable().describe('The DataPrime query when outcome is query, else null.'),
  explanation: z
    .string()
    .describe(
      'What the query does in one or two sentences, why it is refused, or the one question to ask back.',
    ),
  assumptions: z.array(z.string()).describe('What was decided without the question saying so.'),
})

export type ModelAnswer = z.output<typeof modelAnswerSchema>

/** The same as a JSON schema, for `response_format`. */
export const modelAnswerJsonSchema = z.toJSONSchema(modelAnswerSchema)

/**
 * Reads the text a model answered with. Compatible servers that know no structured output tend to put a
 * Markdown fence around the JSON; anything else beside the object makes it unusable.
 *
 * @throws SyntaxError or ZodError when there is no such object in it
 */
export function parseModelAnswer(content: string): ModelAnswer {
  return modelAnswerSchema.parse(JSON.parse(withoutFence(content.trim())))
}

function withoutFence(text: string): string {
  if (!text.startsWith('```') || !text.endsWith('```')) return text
  const firstLineEnd = text.indexOf('\n')
  return firstLineEnd < 0 ? text : text.slice(firstLineEnd + 1, -3)
}
