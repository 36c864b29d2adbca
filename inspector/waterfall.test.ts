import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Attributes } from './span'
import { displayWidth } from './styled-text'
import { aSpan, backgroundSpans, httpCall, meshTrace, requestSpans, toNano } from './testing/trace-sample'
import { buildTraceTree } from './trace-tree'
import { renderWaterfall, type WaterfallOptions } from './waterfall'

type Spans = Parameters<typeof buildTraceTree>[0]

function render(spans: Spans, options?: WaterfallOptions): string {
  return renderWaterfall(buildTraceTree(spans), options)
}

/** The text between two lines of its own, as it stands. */
function text(strings: TemplateStringsArray): string {
  return (strings[0] ?? '').replace(/^\n/, '')
}

function failure(type: string, message: string, attributes: Attributes = {}) {
  return {
    attributes: { 'error.type': type, ...attributes },
    status: { code: 'error', message },
  } as const
}

function unreachableQueryService(): Spans {
  const target = { 'url.full': 'http://127.0.0.1:5001/generate?debug=1' }
  const refused = failure('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5001', target)
  return [
    aSpan({
      id: '1',
      name: 'api_gateway.generate_query_pipeline',
      kind: 'server',
      from: 0,
      to: 6,
      attributes: { 'http.response.status_code': 503, 'error.type': '503' },
      status: { code: 'error' },
    }),
    aSpan({
      id: '2',
      parent: '1',
      name: 'api_gateway.call_query_service',
      from: 0.5,
      to: 5.5,
      ...failure('service-unavailable', 'query_service cannot be reached'),
    }),
    aSpan({ id: '3', parent: '2', name: 'POST', kind: 'client', from: 1, to: 2, ...refused }),
    aSpan({ id: '4', parent: '2', name: 'POST', kind: 'client', from: 3, to: 5, ...refused }),
  ]
}

function threeDeliveries(): Spans {
  const delivery = (id: string, from: number, to: number, attempt: number, failed: boolean) =>
    aSpan({
      id,
      parent: '2',
      service: 'queue_service',
      name: 'queue_service.process_background_message',
      kind: 'consumer',
      from,
      to,
      attributes: { 'messaging.destination.name': 'processing.jobs', 'mesh.message.attempt': attempt },
      ...(failed && {
        ...failure('service-unavailable', 'processing_service cannot be reached', {
          'messaging.destination.name': 'processing.jobs',
          'mesh.message.attempt': attempt,
        }),
      }),
    })
  return [
    aSpan({
      id: '1',
      name: 'api_gateway.generate_query_pipeline',
      kind: 'server',
      from: 0,
      to: 10,
      attributes: { 'http.response.status_code': 200 },
    }),
    aSpan({
      id: '2',
      parent: '1',
      service: 'queue_service',
      name: 'queue_service.add_to_queue',
      kind: 'producer',
      from: 6,
      to: 9,
    }),
    delivery('3', 12, 18, 1, true),
    delivery('4', 218, 225, 2, true),
    delivery('5', 1_225, 1_237, 3, false),
    ...httpCall('6', '5', 'POST /process', 'queue_service', 'processing_service', 1_226, 1_236),
  ]
}

function model(): Spans {
  return [
    aSpan({ id: '1', service: 'query_service', name: 'POST /generate', kind: 'server', from: 0, to: 900 }),
    aSpan({
      id: '2',
      parent: '1',
      service: 'query_service',
      name: 'chat gpt-5-mini',
      kind: 'client',
      from: 10,
      to: 890,
      attributes: { 'gen_ai.usage.input_tokens': 512, 'gen_ai.usage.output_tokens': 64 },
    }),
    aSpan({
      id: '3',
      parent: '2',
      service: 'query_service',
      name: 'POST',
      kind: 'client',
      from: 12,
      to: 888,
      attributes: {
        'server.address': 'api.openai.com',
        'server.port': 443,
        'http.response.status_code': 200,
      },
    }),
    aSpan({
      id: '4',
      parent: '1',
      service: 'query_service',
      name: 'check',
      from: 890,
      to: 890,
      attributes: { 'validation.is_valid': false },
    }),
  ]
}

describe('the waterfall', () => {
  test('a question, its answer and the work behind it', () => {
    assert.equal(
      render(meshTrace()),
      text`
trace 4bf92f3577b34da6a3ce929d0e0e4736  api_gateway.generate_query_pipeline
answered in 11.8 ms · 70.2 ms with background work · 6 services · 30 spans · no errors · 2026-01-12 09:30:00.000 UTC

                                                                      0 ms      11.8 ms ┊┄┄┄  70.2 ms
api_gateway.generate_query_pipeline                          11.8 ms  ██████████████████┊              200
├─ api_gateway.call_query_service                            4.30 ms   ██████           ┊
│ └─ → query_service POST /generate                          3.80 ms   ─█████           ┊              200
│   └─ query_service.generate_dataprime_query                2.50 ms    ████            ┊
│     ├─ query_service.classify_intent                       0.40 ms     █              ┊              error_analysis
│     └─ query_service.embedded_generation                   1.80 ms     ███            ┊
├─ api_gateway.call_validation_service                       2.80 ms          ████      ┊
│ └─ → validation_service POST /validate                     2.50 ms          ███─      ┊              200
│   └─ validation_service.validate_dataprime_query           1.40 ms           ██       ┊              valid
│     ├─ validation_service.syntax_analysis                  0.60 ms           █        ┊
│     └─ validation_service.enhancement_suggestions          0.50 ms            █       ┊
└─ api_gateway.enqueue_processing                            3.60 ms              ██████┊
  └─ → queue_service POST /enqueue                           3.30 ms              ─████ ┊              200
    └─ queue_service.enqueue_message                         2.30 ms               ████ ┊
      └─ queue_service.add_to_queue                          2.10 ms               ████ ┊
        │  ░ waited 42.0 ms in processing.jobs               42.0 ms                   ░░░░░
        └─ queue_service.process_background_message          17.3 ms                    ┊   █████████
          └─ → processing_service POST /process              16.5 ms                    ┊   █████████  200
            └─ processing_service.process_query_data         14.8 ms                    ┊    ███████
              ├─ processing_service.analyze_complexity       1.30 ms                    ┊    █         medium complexity
              ├─ processing_service.generate_insights        1.50 ms                    ┊    █
              ├─ processing_service.transform_data           1.10 ms                    ┊     █
              └─ processing_service.store_insights           10.3 ms                    ┊      █████
                └─ → storage_service POST /processing-data   9.80 ms                    ┊      █████   200
                  └─ storage_service.store_processing_data   8.30 ms                    ┊      █████
                    └─ INSERT processing_results             6.60 ms                    ┊       ████

█ at work   ─ on the way   → call of another service   ░ waiting in a queue
┊ answer sent; what follows has a scale of its own, idle time shortened (┄)
`,
    )
  })

  test('the README shows what is drawn', () => {
    const readme = readFileSync(join(__dirname, '../../inspector/README.md'), 'utf8')

    assert.ok(readme.includes(render(meshTrace())))
  })

  test('failures are marked where they show and told where they arose', () => {
    assert.equal(
      render(unreachableQueryService(), { width: 100 }),
      text`
trace 4bf92f3577b34da6a3ce929d0e0e4736  api_gateway.generate_query_pipeline
6.00 ms · 1 service · 4 spans · 4 errors · 2026-01-12 09:30:00.000 UTC

                                                 0 ms                                   6.00 ms
✗ api_gateway.generate_query_pipeline   6.00 ms  ██████████████████████████████████████████████  503
└─ ✗ api_gateway.call_query_service     5.00 ms      ██████████████████████████████████████
  │  service-unavailable: query_service cannot be reached
  ├─ ✗ POST 127.0.0.1:5001/generate     1.00 ms          ███████
  │    ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:5001
  └─ ✗ POST 127.0.0.1:5001/generate     2.00 ms                         ███████████████
       ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:5001

█ at work   ✗ failed
`,
    )
  })

  test('deliveries of one message follow each other, each with its wait', () => {
    assert.equal(
      render(threeDeliveries()),
      text`
trace 4bf92f3577b34da6a3ce929d0e0e4736  api_gateway.generate_query_pipeline
answered in 10.0 ms · 1.24 s with background work · 3 services · 7 spans · 2 errors · 2026-01-12 09:30:00.000 UTC

                                                           0 ms                 10.0 ms ┊    ┄┄┄       1.24 s
api_gateway.generate_query_pipeline               10.0 ms  █████████████████████████████┊                      200
└─ queue_service.add_to_queue                     3.00 ms                   █████████   ┊
  │  ░ waited 3.00 ms in processing.jobs          3.00 ms                            ░░░░░
  ├─ ✗ queue_service.process_background_message   6.00 ms                               ┊ ███
  │    service-unavailable: processing_service cannot be reached
  │  ░ waited 200 ms in processing.jobs            200 ms                               ┊    ░░░
  ├─ ✗ queue_service.process_background_message   7.00 ms                               ┊       ████           attempt 2
  │    service-unavailable: processing_service cannot be reached
  │  ░ waited 1.00 s in processing.jobs            1.00 s                               ┊           ░░░
  └─ queue_service.process_background_message     12.0 ms                               ┊              ██████  attempt 3
    └─ → processing_service POST /process         10.0 ms                               ┊              █████   200

█ at work   ─ on the way   → call of another service   ░ waiting in a queue   ✗ failed
┊ answer sent; what follows has a scale of its own, idle time shortened (┄)
`,
    )
  })

  test('parts whose parents are missing stand side by side', () => {
    const [first, ...others] = backgroundSpans().slice(0, 4)
    const spans = [...others, ...(first === undefined ? [] : [first]), ...requestSpans().slice(1, 3)]

    assert.equal(
      render(spans, { width: 100, refusedSpanCount: 1 }),
      text`
trace 4bf92f3577b34da6a3ce929d0e0e4736  root span not received
69.6 ms · 3 services · 6 spans · no errors · 2 parents missing · 1 span not kept
2026-01-12 09:30:00.000 UTC

                                                      0 ms                   69.6 ms
api_gateway.call_query_service               4.30 ms  ██                              parent missing
└─ POST                                      3.80 ms  ██                              200
queue_service.process_background_message     17.3 ms                         ███████  parent missing
└─ → processing_service POST /process        16.5 ms                         ███████  200
  └─ processing_service.process_query_data   14.8 ms                         ██████

█ at work   ─ on the way   → call of another service
`,
    )
  })

  test('a model call shows its tokens, an outside call its target', () => {
    assert.equal(
      render(model(), { width: 90 }),
      text`
trace 4bf92f3577b34da6a3ce929d0e0e4736  POST /generate
900 ms · 1 service · 4 spans · no errors · 2026-01-12 09:30:00.000 UTC

                                        0 ms                         900 ms
query_service POST /generate    900 ms  ███████████████████████████████████
├─ chat gpt-5-mini              880 ms  ███████████████████████████████████  512→64 tokens
│ └─ POST api.openai.com:443    876 ms  ███████████████████████████████████  200
└─ check                          0 ms                                    █  invalid

█ at work
`,
    )
  })

  test('all attributes, events and links are listed below their span when asked', () => {
    const spans = [
      aSpan({
        id: '1',
        name: 'api_gateway.get_stats',
        kind: 'server',
        from: 0,
        to: 4,
        attributes: { 'http.route': '/api/stats', list: ['a', 'b'] },
      }),
      ...httpCall('2', '1', 'GET /stats', 'api_gateway', 'queue_service', 1, 3).map((span, index) =>
        index === 0
          ? span
          : {
              ...span,
              status: { code: 'error', message: 'broken' } as const,
              events: [
                {
                  name: 'exception',
                  timeNano: toNano(2),
                  attributes: {
                    'exception.message': 'broken',
                    'exception.stacktrace': 'Error: broken\n  at x',
                  },
                },
              ],
              links: [{ traceId: span.traceId, spanId: span.spanId, attributes: {} }],
            },
      ),
    ]

    assert.equal(
      render(spans, { width: 80, attributes: 'all' }),
      text`
trace 4bf92f3577b34da6a3ce929d0e0e4736  api_gateway.get_stats
4.00 ms · 2 services · 3 spans · 1 error · 2026-01-12 09:30:00.000 UTC

                                           0 ms                     4.00 ms
api_gateway.get_stats             4.00 ms  ████████████████████████████████
│  http.route = /api/stats
│  list = ["a","b"]
└─ POST                           2.00 ms          ████████████████          200
  │  http.response.status_code = 200
  └─ ✗ queue_service GET /stats   1.40 ms            ████████████            200
       broken
       http.response.status_code = 200
       event exception after 0.70 ms
         exception.message = broken
         exception.stacktrace = Error: broken
             at x
       link to span 0000000000000003 of this trace

█ at work   ✗ failed
`,
    )
  })

  test('lines keep to the width, whatever it is', () => {
    for (const width of [60, 80, 99, 100, 120, 200, 400]) {
      for (const spans of [meshTrace(), unreachableQueryService(), threeDeliveries(), model()]) {
        for (const line of render(spans, { width }).split('\n')) assert.ok(displayWidth(line) <= width)
      }
    }
  })

  test('a tree deeper than the page keeps its names', () => {
    const spans = Array.from({ length: 3_000 }, (_, index) =>
      aSpan({
        id: `${index + 1}`,
        ...(index > 0 && { parent: `${index}` }),
        name: `level ${index + 1}`,
        to: 5,
      }),
    )

    const lines = render(spans, { width: 80 }).split('\n')

    assert.match(lines.find((line) => line.includes('level 2999')) ?? '', /^… +└─ level 2999 +5\.00 ms/)
  })

  test('colours come only when asked, and nothing else changes', () => {
    const plain = render(meshTrace())
    const coloured = render(meshTrace(), { colour: true })

    assert.ok(!plain.includes('\u001b'))
    assert.ok(coloured.includes('\u001b[36mapi_gateway\u001b[0m'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: taking the colours out again is the point
    assert.equal(coloured.replace(/\u001b\[\d*m/g, ''), plain)
  })

  test('names cannot drive the terminal', () => {
    const rendered = render([
      aSpan({ id: '1', name: 'evil\u001b]0;title\u0007\nname', ...failure('x', 'bad\u001b[2Jmessage') }),
    ])

    assert.ok(rendered.includes('evil·]0;title··name'))
    assert.ok(!rendered.includes('\u001b'))
  })

  test('clocks that differ are told', () => {
    const spans = [
      aSpan({ id: '1', kind: 'client', from: 10, to: 20 }),
      aSpan({ id: '2', parent: '1', service: 'query_service', kind: 'server', from: 4, to: 12 }),
    ]

    assert.match(render(spans), /a span starts 6\.00 ms before its parent: clocks differ/)
  })
})
