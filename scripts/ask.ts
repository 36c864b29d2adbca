import type { Question } from '#shared/contracts'
import { defineCommand, runAsProgram } from './cli/command'
import { UsageError } from './cli/command-error'
import { JSON_OPTION, type Options, toWholeNumber } from './cli/options'
import { askLater } from './client/ask-later'
import { createInspectorClient } from './client/inspector-client'
import { findMesh, URL_OPTION } from './client/mesh-address'
import { createMeshClient } from './client/mesh-client'
import { printAnswer, printBackground } from './client/print-answer'
import { printTrace } from './client/print-trace'
import { waitForBackground } from './client/wait-for-background'
import { waitForTrace } from './client/wait-for-trace'

const OPTIONS = {
  now: { type: 'string', value: 'ISO', describe: 'The time that "yesterday" is read against.' },
  timezone: {
    type: 'string',
    value: 'TZ',
    describe: 'The time zone of the question, such as Europe/Zurich.',
  },
  conversation: { type: 'string', value: 'ID', describe: 'The conversation the question belongs to.' },
  previous: { type: 'string', value: 'QUERY', describe: 'The query that the question refers to.' },
  async: { type: 'boolean', describe: 'Have it answered in the background, and tell how it goes.' },
  'wait-ms': {
    type: 'string',
    value: 'N',
    describe: 'Longest wait for the background work, and again for the trace; 0: for neither.',
    default: '10000',
  },
  url: URL_OPTION,
  json: JSON_OPTION,
} as const

export const askCommand = defineCommand({
  invocation: 'npm run ask --',
  argument: '"question"',
  summary:
    'Asks the running mesh a question; shows the query, what was understood, the background result and the trace.',
  options: OPTIONS,
  exitCodes: {
    0: 'the mesh answered: with a query, a refusal or a question of its own (`outcome` in the JSON)',
    1: 'the mesh does not run, answered with an error or, with --async, not in time, or its background work failed',
    2: 'the command line is wrong',
  },
  async run({ options, positionals, environment, terminal }) {
    const question = toQuestion(positionals, options)
    const waitMs = toWholeNumber('wait-ms', options['wait-ms'])
    const { gatewayUrl, inspectorUrl, traces } = findMesh(environment, options.url)
    const mesh = createMeshClient(gatewayUrl)
    const inspector = inspectorUrl === null ? null : createInspectorClient(inspectorUrl)

    const { answer, status } = options.async
      ? await askLater(mesh, question, terminal)
      : { answer: await mesh.ask(question), status: null }
    if (answer === null) {
      if (options.json) terminal.print(JSON.stringify({ answer, request: status, trace: null }, null, 2))
      return 1
    }
    if (options.json) {
      const request = waitMs === 0 ? null : await waitForBackground(mesh, answer, waitMs)
      const trace = waitMs === 0 || inspector === null ? null : await waitForTrace(inspector, answer, waitMs)
      terminal.print(JSON.stringify({ answer, request, trace }, null, 2))
      return request?.status === 'failed' ? 1 : 0
    }
    printAnswer(answer, terminal)
    if (waitMs === 0) return 0
    const request = await waitForBackground(mesh, answer, waitMs)
    printBackground(request, terminal)
    terminal.print()
    await printTrace({ answer, inspector, traces, waitMs }, terminal)
    return request?.status === 'failed' ? 1 : 0
  },
})

/** A question may be several words without quotes. */
function toQuestion(words: readonly string[], options: Options<typeof OPTIONS>): Question {
  const text = words.join(' ')
  if (text.trim() === '') throw new UsageError('a question is needed, such as "errors of the last hour"')
  return {
    user_input: text,
    conversation_id: options.conversation,
    previous_query: options.previous,
    now: options.now,
    timezone: options.timezone,
  }
}

if (require.main === module) void runAsProgram(askCommand)
