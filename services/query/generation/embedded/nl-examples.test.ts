import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { hasErrors, parse, print } from '#dataprime'
import type { GenerationResult } from '../query-generator'
import { ask } from './testing/ask'
import examples from './testing/nl-examples.json'

type Example = (typeof examples)[number]

interface Answered {
  readonly example: Example
  readonly result: GenerationResult
}

/** How many of the examples are answered with the very query they give, printed the same way. */
const EQUAL_FLOOR = 60

function canonical(text: string): string {
  return print(parse(text).query)
}

function isRight({ example, result }: Answered): boolean {
  if (example.gold === null) return result.outcome === 'refused'
  if (result.outcome !== 'query') return false
  return [example.gold, ...example.gold_alternatives].map(canonical).includes(canonical(result.query))
}

function showMiss({ example, result }: Answered): string {
  const got = result.outcome === 'query' ? result.query : result.outcome
  return `${example.id} ${example.question}\n  expected ${example.gold ?? 'a refusal'}\n  got      ${got}`
}

describe('the example questions', () => {
  let answered: Answered[] = []

  before(async () => {
    answered = await Promise.all(
      examples.map(async (example) => {
        const previousQuery = 'previous' in example ? example.previous : undefined
        const now = new Date(example.now)
        return {
          example,
          result: await ask(example.question, {
            now,
            ...(previousQuery === undefined ? {} : { previousQuery }),
          }),
        }
      }),
    )
  })

  it(`at least ${EQUAL_FLOOR} of them get the expected answer`, (context) => {
    const misses = answered.filter((one) => !isRight(one))
    for (const miss of misses) context.diagnostic(showMiss(miss))

    assert.ok(answered.length >= 60)
    assert.ok(answered.length - misses.length >= EQUAL_FLOOR, misses.map(showMiss).join('\n'))
  })

  it('every query parses', () => {
    for (const { example, result } of answered) {
      if (result.outcome !== 'query') continue
      assert.equal(hasErrors(parse(result.query).diagnostics), false, `${example.id} ${result.query}`)
    }
  })

  it('what is out of scope is refused and nothing else', () => {
    for (const { example, result } of answered) {
      assert.equal(result.outcome === 'refused', example.gold === null, `${example.id} ${example.question}`)
    }
  })
})
