import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse, COMMANDS, FUNCTIONS, hasErrors, listInventedFunctions, SEVERITIES } from '#dataprime'
import { defaultCatalogue } from '../../catalogue/load-catalogue'
import { questionMessages } from './prompt'

const [system] = questionMessages(
  {
    userInput: 'errors by service',
    now: new Date('2025-03-12T10:20:00Z'),
    timezone: 'UTC',
    catalogue: defaultCatalogue,
    intent: { intent: 'error_analysis', confidence: 1, keywordsFound: [] },
  },
  10,
)
const instructions = String(system?.content)

test('the instructions have every command, documented function and severity of the catalogue', () => {
  const words = [
    ...COMMANDS.map(({ syntax }) => `\n- ${syntax}: `),
    ...FUNCTIONS.filter(({ documented, deprecatedFor }) => documented && deprecatedFor === null).map(
      ({ name }) => ` ${name}(`,
    ),
    ...SEVERITIES,
    ...listInventedFunctions().map(({ names, instead }) => `${names.join(' ')}: ${instead}`),
  ]
  assert.ok(words.length > 150)

  assert.deepEqual(
    words.filter((word) => !instructions.includes(word)),
    [],
  )
})

test('the instructions recommend no function that is deprecated', () => {
  const deprecated = FUNCTIONS.filter(({ deprecatedFor }) => deprecatedFor !== null)
  assert.ok(deprecated.length > 0)

  for (const { name } of deprecated) assert.ok(!instructions.includes(` ${name}(`), name)
})

test('the examples in the instructions are valid', () => {
  const examples = [...instructions.matchAll(/ -> (source .*)$/gm)].map((match) => match[1] as string)
  assert.ok(examples.length >= 2)

  for (const example of examples) {
    assert.ok(!hasErrors(analyse(example).diagnostics), example)
  }
})
