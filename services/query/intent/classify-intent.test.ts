import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { INTENTS } from '#shared/contracts'
import { defaultCatalogue } from '../catalogue/load-catalogue'
import { indexCatalogue } from '../generation/embedded/link/catalogue-index'
import { bankingCatalogue } from '../generation/embedded/testing/ask'
import examples from '../generation/embedded/testing/nl-examples.json'
import { classifyIntent } from './classify-intent'
import type { Intent } from './intent'

const shop = indexCatalogue(defaultCatalogue)

describe('the intent of a question', () => {
  const table: readonly (readonly [string, Intent])[] = [
    ['errors in checkout in the last hour', 'error_analysis'],
    ['which exceptions occurred today', 'error_analysis'],
    ['502s of the gateway', 'error_analysis'],
    ['p95 latency per endpoint', 'performance_analysis'],
    ['pods with the highest memory', 'performance_analysis'],
    ['failed logins from 203.0.113.9', 'security'],
    ['requests from 10.0.0.0/8', 'security'],
    ['page views per device', 'usage_analytics'],
    ['distinct users per country this week', 'usage_analytics'],
    ['cpu over time', 'monitoring'],
    ['requests per minute', 'monitoring'],
    ['log lines that say "disk full"', 'search'],
    ['request 9f8e-22', 'search'],
    ['tally lines by namespace', 'aggregation'],
    ['restart the payments service', 'unknown'],
    ['what is the capital of France', 'unknown'],
    ['', 'unknown'],
  ]
  for (const [question, intent] of table) {
    it(`“${question}” is ${intent}`, () => {
      assert.equal(classifyIntent(question, shop).intent, intent)
    })
  }

  it('is found in most of the examples', () => {
    const judged = examples.filter(({ intent }) => (INTENTS as readonly string[]).includes(intent))
    const right = judged.filter((example) => {
      const previous = 'previous' in example ? example.previous : undefined
      return classifyIntent(example.question, shop, previous).intent === example.intent
    })

    assert.ok(judged.length > 45)
    assert.ok(right.length >= judged.length * 0.95, `${right.length} of ${judged.length}`)
  })

  it('of a follow-up is that of the query it changes', () => {
    const previous = "source logs last 4h | filter $d.table == 'sessions' && $d.query_ms > 800"

    assert.equal(classifyIntent('widen it to 12 hours', shop, previous).intent, 'performance_analysis')
    assert.equal(classifyIntent('widen it to 12 hours', shop).intent, 'unknown')
  })

  it('rests on words that are named as written and in order', () => {
    const { keywordsFound, confidence } = classifyIntent('Errors and TIMEOUTS of billing', shop)

    assert.deepEqual(keywordsFound, ['Errors', 'TIMEOUTS'])
    assert.ok(confidence > 0.5 && confidence <= 1)
  })

  it('is sure of nothing about a text that is no question', () => {
    assert.deepEqual(classifyIntent('tell me a joke', shop), {
      intent: 'unknown',
      confidence: 0,
      keywordsFound: [],
    })
  })

  it('works over other catalogues', () => {
    assert.equal(
      classifyIntent('fraudulent card payments', indexCatalogue(bankingCatalogue)).intent,
      'security',
    )
  })
})
