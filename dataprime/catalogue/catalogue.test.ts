import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse } from '../analyse'
import * as diagnostics from '../diagnostics/codes'
import { hasErrors } from '../diagnostics/diagnostic'
import { readCorpus } from '../testing/corpus-file'
import { COMMANDS } from './commands'
import { FIELDS_WITH_PATHS } from './fields'
import { describeSignature, FUNCTIONS, isAggregation, signaturesOf } from './functions'
import { INVENTED_FUNCTIONS } from './invented-functions'
import { TYPES } from './types'

const cases = readCorpus().flatMap(({ cases }) => cases)
const corpus = cases.map(({ query }) => query).join('\n')

test('the example of every command is a stage of that command', () => {
  for (const { name, example } of COMMANDS) {
    const text = name === 'source' ? example : `source logs | ${example}`
    const { query, diagnostics } = analyse(text)

    assert.ok(!hasErrors(diagnostics), example)
    assert.equal(query.stages.at(-1)?.kind.toLowerCase(), `${name === 'bottom' ? 'top' : name}stage`)
  }
})

test('every word of every command occurs in the corpus', () => {
  for (const { name, synonyms, doubtfulSynonyms = [] } of COMMANDS) {
    for (const word of [name, ...synonyms, ...doubtfulSynonyms]) {
      assert.match(corpus, new RegExp(`(^|[|(]\\s*)${word} `, 'm'), word)
    }
  }
})

test('every function occurs in the corpus', () => {
  for (const { name } of FUNCTIONS.filter(({ documented }) => documented)) {
    assert.match(corpus, new RegExp(`\\b${name}\\(`), name)
  }
})

test('every diagnostic occurs in the corpus', () => {
  const shown = cases.map(({ expected }) => expected.get('diagnostics') ?? '').join('\n')
  const neededElsewhere: ReadonlySet<string> = new Set([
    diagnostics.nestingTooDeep.code,
    diagnostics.tooManyProblems.code,
    // A text of the corpus is only read as DPXL when it says so.
    diagnostics.dpxlVersionMissing.code,
  ])
  for (const [name, { code }] of Object.entries(diagnostics)) {
    assert.ok(neededElsewhere.has(code) || shown.includes(code), `${code} ${name}`)
  }
})

test('every diagnostic has a code of its own and a summary', () => {
  const all = Object.values(diagnostics)

  assert.equal(new Set(all.map(({ code }) => code)).size, all.length)
  for (const { code, summary } of all) {
    assert.match(code, /^DP\d{4}$/)
    assert.match(summary, /^[A-Z].*\.$/)
  }
})

test('no invented function exists', () => {
  for (const name of INVENTED_FUNCTIONS.keys()) assert.deepEqual(signaturesOf(name), [], name)
})

test('optional parameters come last', () => {
  for (const signature of FUNCTIONS) {
    const optional = signature.parameters.map(({ optional }) => optional)
    assert.deepEqual(optional, [...optional].sort(), describeSignature(signature))
    assert.ok(signature.arity.least <= signature.arity.most)
  }
})

test('max aggregates one argument and compares several', () => {
  assert.equal(isAggregation('max', 1), true)
  assert.equal(isAggregation('max', 2), false)
  assert.equal(isAggregation('count', 0), true)
  assert.equal(isAggregation('round', 1), false)
})

test('every type of an argument, a result or a field is described', () => {
  const used = [
    ...FUNCTIONS.flatMap(({ result, parameters }) => [result, ...parameters.flatMap(({ types }) => types)]),
    ...Object.values(FIELDS_WITH_PATHS).flatMap((fields) => fields.map(({ type }) => type)),
  ].filter((type) => type !== 'any' && type !== 'same')
  const described = TYPES.map(({ name }) => name.replace('<T>', ''))

  assert.ok(used.length > 200)
  assert.deepEqual(
    [...new Set(used)].filter((type) => !described.includes(type)),
    [],
  )
})

test('fields within an object stand after the object', () => {
  for (const fields of Object.values(FIELDS_WITH_PATHS)) {
    const seen = new Set<string>()
    for (const { namespace, path } of fields) {
      if (path.length > 1) assert.ok(seen.has([namespace, ...path.slice(0, -1)].join('.')), path.join('.'))
      seen.add([namespace, ...path].join('.'))
    }
  }
})
