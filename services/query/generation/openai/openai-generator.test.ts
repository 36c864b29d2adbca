import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { GenerationRequest } from '../query-generator'
import type { ChatMessage } from './chat-completion'
import { createOpenAiGenerator } from './openai-generator'

const request: GenerationRequest = {
  userInput: 'slow orders',
  now: new Date('2025-03-12T10:20:00Z'),
  timezone: 'UTC',
  catalogue: { logs: [{ keypath: '$d.items', type: 'number', description: '' }], spans: [] },
  intent: { intent: 'search', confidence: 1, keywordsFound: [] },
}

/** Generates with a model that answers with these queries, one after the other. */
async function generateFrom(...queries: readonly string[]) {
  const conversations: (readonly ChatMessage[])[] = []
  const generator = createOpenAiGenerator({
    attemptsMax: queries.length,
    catalogueFieldsMax: 10,
    async completeChat(messages) {
      const query = queries[conversations.length] ?? null
      conversations.push(messages)
      return {
        content: JSON.stringify({ outcome: 'query', query, explanation: '', assumptions: [] }),
        refusal: null,
        finishReason: 'stop',
        model: 'test-model',
        usage: undefined,
      }
    },
  })
  return { result: await generator.generate(request), conversations }
}

describe('a query that a model answered', () => {
  test('is not invalid for a field that the catalogue lacks', async () => {
    const { result } = await generateFrom("source logs | filter unheardOf == 'x'")

    assert.equal(result.outcome, 'query')
    assert.deepEqual([result.attempts, result.repaired], [1, false])
  })

  test('goes back with what the catalogue makes doubtful beside its errors', async () => {
    const invalid = "source logs | filter items.toLowerCase() == 'x' && ("
    const { result, conversations } = await generateFrom(invalid, 'source logs | filter items > 5')

    assert.equal(result.attempts, 2)
    const { problems } = JSON.parse(String(conversations[1]?.at(-1)?.content))
    assert.deepEqual(
      problems.map(({ code, severity }: { code: string; severity: string }) => [code, severity]),
      [
        ['DP0425', 'warning'],
        ['DP0105', 'error'],
      ],
    )
  })
})
