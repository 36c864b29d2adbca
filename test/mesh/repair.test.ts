import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Answer, Generation, Validation } from '#shared/contracts'
import { ask, getJson, postJson, processed, QUESTION, wholeTrace } from '../support/ask'
import { type Mesh, startMesh } from '../support/mesh'
import {
  closeServer,
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
} from '../support/otlp-receiver'
import { spanNamed } from '../support/span-tree'
import { ROOT } from '../system-map'

const VALID = 'source logs | filter status_code >= 500'
const BROKEN = 'source logs | filter status_code = 500 and region <> 4'
const MENDED = 'source logs | filter status_code == 500 && region != 4'
/** Searches everywhere, where only a catalogue can tell which field is meant. */
const SEARCH = "source logs last 1h | wildfind 'timeout' | countby $l.subsystemname"
const CATALOGUE = { logs: [{ keypath: '$d.message', type: 'string' }] }
/** Wrong in a way that says nothing of what was meant. */
const HOPELESS = 'source logs | filter ('

describe('a query that was generated with errors', () => {
  let generated = VALID
  let queryService: Server
  let receiver: OtlpReceiver
  let mesh: Mesh

  before(async () => {
    queryService = await serveGenerations(() => generated)
    receiver = await startOtlpReceiver()
    const { port } = queryService.address() as AddressInfo
    mesh = await startMesh({
      services: ['gateway', 'validation', 'queue', 'processing', 'storage'],
      otlpUrl: receiver.url,
      env: { QUERY_SERVICE_URL: `http://127.0.0.1:${port}` },
    })
  })

  after(async () => {
    await mesh?.stop()
    await receiver?.close()
    if (queryService !== undefined) await closeServer(queryService)
  })

  async function answerTo(query: string) {
    generated = query
    const { status, body } = await ask(mesh.url)
    assert.equal(status, 200)
    return body
  }

  function validationsIn(spans: readonly ReceivedSpan[]): readonly ReceivedSpan[] {
    return spans
      .filter((span) => span.name === 'api_gateway.call_validation_service')
      .toSorted((one, other) => Number(one.startNs - other.startNs))
  }

  test('is answered repaired, and every change is told', async () => {
    const answer = await answerTo(BROKEN)

    assert.equal(answer.success, true)
    assert.equal(answer.query, MENDED)
    assert.equal(answer.attempts, 2)
    assert.deepEqual(answer.assumptions[0], 'the last hour')
    const repairs = answer.assumptions.slice(1)
    assert.equal(repairs.length, 3)
    for (const sentence of repairs) assert.match(sentence, /^repaired: /)
    assert.match(repairs[0] ?? '', /"=" became "=="/)
  })

  test('has the validation of its repaired form', async () => {
    const { validation, query } = await answerTo(BROKEN)

    assert.equal(validation?.is_valid, true)
    assert.deepEqual(validation?.errors, [])
    assert.equal(validation?.formatted, query?.replace(' | ', '\n| '))
    assert.equal(validation?.fixed, null)
  })

  test('is stored repaired', async () => {
    const { request_id } = await answerTo(BROKEN)

    const stored = await processed(mesh.url, request_id)

    assert.equal(stored.query, MENDED)
    assert.equal(stored.validation?.is_valid, true)
  })

  test('is told in the trace: two validations, and the repair on the root span', async () => {
    const { trace_id } = await answerTo(BROKEN)

    const spans = await wholeTrace(receiver, trace_id as string)

    const root = spanNamed(ROOT, spans).attributes
    assert.equal(root['mesh.validation.repaired'], true)
    assert.equal(root['mesh.validation.edit_count'], 3)
    assert.deepEqual(
      validationsIn(spans).map(({ attributes }) => attributes['validation.is_valid']),
      [false, true],
    )
    const [first] = spans.filter((span) => span.name === 'validation_service.validate_dataprime_query')
    assert.equal(first?.attributes['mesh.validation.edit_count'], 3)
  })

  test('is counted by the gateway', async () => {
    const countOf = async () => {
      const { body } = await getJson<{ counters: Record<string, number> }>(`${mesh.urlOf('gateway')}/stats`)
      return body.counters.queries_repaired ?? 0
    }
    const before = await countOf()

    await answerTo(BROKEN)

    assert.equal(await countOf(), before + 1)
  })

  test('is answered as it is, with its errors, when it cannot be repaired', async () => {
    const answer = await answerTo(HOPELESS)

    assert.equal(answer.success, false)
    assert.equal(answer.query, HOPELESS)
    assert.equal(answer.attempts, 1)
    assert.deepEqual(answer.assumptions, ['the last hour'])
    assert.equal(answer.validation?.is_valid, false)
    const spans = await wholeTrace(receiver, answer.trace_id as string)
    assert.equal(validationsIn(spans).length, 1)
    assert.ok(!('mesh.validation.repaired' in spanNamed(ROOT, spans).attributes))
  })

  test('is judged with the catalogue of the question, which makes no field an error', async () => {
    generated = SEARCH.replace('countby', "filter unheardOf == 'x' | countby")
    const { body } = await postJson<Answer>(`${mesh.url}/api/generate-query`, {
      user_input: QUESTION,
      catalogue: CATALOGUE,
    })

    assert.equal(body.success, true)
    const advice = body.validation?.suggestions.find(({ code }) => code === 'search-everywhere')
    assert.match(advice?.message ?? '', /message/)
  })

  test('that is none after all is left alone', async () => {
    const answer = await answerTo(VALID)

    assert.deepEqual([answer.query, answer.attempts, answer.validation?.fixed], [VALID, 1, null])
  })

  describe('POST /validate', () => {
    const validate = (body: Record<string, unknown>) =>
      postJson<Validation>(`${mesh.urlOf('validation')}/validate`, body)

    test('gives the repaired query with edits that make it from the one that was sent', async () => {
      const { body } = await validate({ query: BROKEN })

      assert.equal(body.is_valid, false)
      assert.ok(body.fixed !== null)
      assert.deepEqual([body.fixed.query, body.fixed.valid], [MENDED, true])
      let applied = BROKEN
      for (const { range, was, now } of body.fixed.edits.toReversed()) {
        assert.equal(applied.slice(range.start, range.end), was)
        applied = applied.slice(0, range.start) + now + applied.slice(range.end)
      }
      assert.equal(applied, MENDED)
    })

    test('has nothing to repair in a valid query, nor where nothing says what was meant', async () => {
      assert.equal((await validate({ query: VALID })).body.fixed, null)
      assert.equal((await validate({ query: HOPELESS })).body.fixed, null)
    })

    test('advises with the fields of the data', async () => {
      const adviceWith = async (body: object) =>
        (await validate({ query: SEARCH, ...body })).body.suggestions.find(
          ({ code }) => code === 'search-everywhere',
        )

      assert.match((await adviceWith({ catalogue: CATALOGUE }))?.message ?? '', /message/)
      assert.doesNotMatch((await adviceWith({}))?.message ?? '', /message/)
    })

    test('formats what is not valid but has no syntax error', async () => {
      const { body } = await validate({ query: 'source logs|filter 5' })

      assert.deepEqual([body.is_valid, body.formatted], [false, 'source logs\n| filter 5'])
    })

    test('takes the fields of the data, and points at a bad one', async () => {
      const catalogue = { logs: [{ keypath: '$d.status_code', type: 'number', sample_values: [200, 500] }] }

      const good = await validate({ query: VALID, strict: true, catalogue })
      const bad = await validate({ query: VALID, catalogue: { logs: [{ keypath: '$d.a' }] } })

      assert.deepEqual([good.status, good.body.is_valid], [200, true])
      assert.equal(bad.status, 400)
      const { errors } = bad.body as unknown as { errors: { pointer: string }[] }
      assert.equal(errors[0]?.pointer, '/catalogue/logs/0/type')
    })
  })
})

/** A query service that answers every question with the query at hand. */
async function serveGenerations(query: () => string): Promise<Server> {
  const server = createServer((_request, response) => {
    const generation: Generation = {
      outcome: 'query',
      query: query(),
      intent: 'search',
      intent_confidence: 0.5,
      keywords_found: [],
      explanation: 'As asked.',
      assumptions: ['the last hour'],
      engine: 'openai',
      model: 'test-model',
      attempts: 1,
      warnings: [],
    }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(generation))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return server
}
