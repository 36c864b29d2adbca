import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { hasErrors, parse, print } from '#dataprime'
import { defaultCatalogue } from '../../catalogue/load-catalogue'
import { createEmbeddedGenerator } from './create-embedded-generator'
import { ask, askQuery, bankingCatalogue, fleetCatalogue, NOW } from './testing/ask'
import examples from './testing/nl-examples.json'

describe('the embedded generator', () => {
  it('says what it did and on which assumptions', async () => {
    const result = await ask('errors by service')

    assert.equal(result.engine, 'embedded')
    assert.equal(result.attempts, 1)
    assert.deepEqual(result.warnings, [])
    assert.ok(result.outcome === 'query')
    assert.match(result.explanation, /ERROR/)
    assert.ok(result.assumptions.some((text) => text.includes('no time range named')))
    assert.ok(result.assumptions.some((text) => text.includes('$l.subsystemname')))
  })

  it('says what it ignored and what it looked for in the text', async () => {
    const ignored = await ask('average latency of frobnication per service')
    const searched = await ask('ECONNRESET in checkout')

    assert.ok(
      ignored.outcome === 'query' && ignored.assumptions.some((text) => text.includes('“frobnication”')),
    )
    assert.ok(
      searched.outcome === 'query' && searched.assumptions.some((text) => text.includes('“ECONNRESET”')),
    )
  })

  it('says that a unit which is also a value was read as the unit', async () => {
    const result = await ask('total traffic per region in GB')

    assert.ok(result.outcome === 'query')
    assert.ok(
      result.assumptions.includes('“GB” is read as a unit, not as a value of $d.country'),
      result.assumptions.join(),
    )
  })

  it('reads slips of the finger as what was meant, and says so', async () => {
    const result = await ask('erors in the last hour by servce')

    assert.ok(result.outcome === 'query')
    assert.equal(
      result.query,
      'source logs last 1h | filter $m.severity == ERROR | groupby $l.subsystemname aggregate count() as errors',
    )
    assert.deepEqual(result.assumptions.slice(0, 2), [
      '“erors” is read as “errors”',
      '“servce” is read as “service”',
    ])
  })

  it('corrects no word that may be meant as it stands', async () => {
    for (const [question, query] of [
      ['errors for tenant contosa', "source logs | filter $m.severity == ERROR && $d.tenant == 'contosa'"],
      ['logs containing "chekout"', "source logs | filter $d.message.contains('chekout')"],
      ['average latency of frobnication per service', undefined],
      ['the loader logged errors', 'source logs | filter $m.severity == ERROR'],
      ['exploding errors', "source logs | filter $m.severity == ERROR && $d.message.contains('exploding')"],
      ['requests with sharding in prod', "source logs | filter $d.kubernetes.namespace_name == 'prod'"],
      ['lease errors', "source logs | filter $m.severity == ERROR && $d.message.contains('lease')"],
      ['requests to cards service', 'source logs'],
      ['errors of cards queue', 'source logs | filter $m.severity == ERROR'],
    ] as const) {
      const result = await ask(question)

      assert.ok(result.outcome === 'query')
      if (query !== undefined) assert.equal(result.query, query)
      assert.equal(
        result.assumptions.find((text) => / is read as “/.test(text)),
        undefined,
        question,
      )
    }
  })

  it('does not look for what it is asked to explain', async () => {
    for (const question of ['what is DataPrime', 'what is ECONNRESET', 'explain OrderService'])
      assert.equal((await ask(question)).outcome, 'refused', question)
  })

  it('reads clock times in the given zone', async () => {
    assert.equal(
      await askQuery('errors since 06:00', { timezone: 'Europe/Zurich' }),
      "source logs between @'2025-03-12T05:00:00Z' and @'now' | filter $m.severity == ERROR",
    )
  })

  it('rejects a time zone that does not exist', async () => {
    await assert.rejects(ask('errors today', { timezone: 'Mars/Olympus' }), RangeError)
  })

  it('does not start when the caller has given up', async () => {
    const intent = { intent: 'unknown', confidence: 0, keywordsFound: [] } as const
    const request = { userInput: 'errors', now: NOW, timezone: 'UTC', catalogue: defaultCatalogue, intent }

    await assert.rejects(createEmbeddedGenerator().generate({ ...request, signal: AbortSignal.abort() }), {
      name: 'AbortError',
    })
  })

  it('treats quoted text as data', async () => {
    assert.equal(
      await askQuery(`logs containing "x' | limit 1 //"`),
      `source logs | filter $d.message.contains('x\\' | limit 1 //')`,
    )
  })

  it('answers in spans when only they know the words', async () => {
    assert.match(await askQuery('kafka consumers slower than 2 seconds'), /^source spans/)
  })
})

/** Words that make the engine work: texts of them reach far more of it than random characters do. */
const WORDS = [...new Set(examples.flatMap(({ question }) => question.split(' ')))]
const wordSalad = fc.array(fc.constantFrom(...WORDS), { maxLength: 25 }).map((words) => words.join(' '))
const catalogues = fc.constantFrom(defaultCatalogue, bankingCatalogue, fleetCatalogue)

async function assertAnswers(text: string, asked: Parameters<typeof ask>[1]): Promise<void> {
  const result = await ask(text, asked)
  if (result.outcome !== 'query') return
  const { query, diagnostics } = parse(result.query)
  assert.equal(hasErrors(diagnostics), false, `${text}\n${result.query}`)
  assert.equal(print(query), result.query)
}

describe('whatever is asked', () => {
  it('word salad never throws, and its queries parse', async () => {
    await fc.assert(
      fc.asyncProperty(wordSalad, catalogues, async (text, catalogue) => assertAnswers(text, { catalogue })),
      { numRuns: 400 },
    )
  })

  it('follow-ups of word salad never throw, and their queries parse', async () => {
    const previous = fc.constantFrom(...examples.flatMap(({ gold }) => (gold === null ? [] : [gold])))
    await fc.assert(
      fc.asyncProperty(wordSalad, previous, async (text, previousQuery) =>
        assertAnswers(text, { previousQuery }),
      ),
      { numRuns: 400 },
    )
  })

  it('arbitrary text never throws, and its queries parse', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 400 }))
    await fc.assert(
      fc.asyncProperty(text, async (input) => assertAnswers(input, {})),
      { numRuns: 400 },
    )
  })
})
