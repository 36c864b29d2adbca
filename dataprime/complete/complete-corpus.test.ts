import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { analyse } from '../analyse'
import { COMMAND_WORDS, COMMANDS } from '../catalogue/commands'
import { SOURCES } from '../catalogue/datasets'
import { signaturesOf } from '../catalogue/functions'
import { DOMAIN_CHOICES } from '../catalogue/units'
import { unterminatedTemplate } from '../diagnostics/codes'
import { hasErrors } from '../diagnostics/diagnostic'
import { print, printDataset } from '../format/print'
import { tokenize } from '../syntax/lexer'
import { parse } from '../syntax/parser'
import type { Token } from '../syntax/tokens'
import { arbitraryQuery } from '../testing/arbitrary-query'
import { readCorpus } from '../testing/corpus-file'
import { CASE_FORMS, type Node, SEVERITIES } from '../tree/ast'
import { walk } from '../tree/walk'
import { type Completion, complete } from './complete'

const queries = readCorpus().flatMap(({ cases }) => cases.map(({ query }) => query))
const validQueries = queries.filter((text) => !hasErrors(analyse(text).diagnostics))

// ---------------------------------------------------------------------------------------------------------
// What is cut off is offered

/** What a token is in its query. */
type Role =
  | 'command'
  | 'word'
  | 'function'
  | 'argument name'
  | 'type'
  | 'severity'
  | 'dataset'
  | 'unit'
  | 'record field'
  | 'operator'

interface Occurrence {
  readonly role: Role
  readonly token: Token
}

function ignore(): void {}

/** Those that only stand between operands or stages. */
const OPERATORS: ReadonlySet<string> = new Set([
  ...['==', '!=', '~', '~~', '<', '<=', '>', '>=', '&&', '||', '+', '-', '*', '/', '%', '|', '->'],
])

/** The tokens of a query that a completion can be expected for. Words that the tree says nothing of are those of clauses. */
function occurrencesIn(text: string): readonly Occurrence[] {
  const roles = rolesIn(text)
  return tokenize(text, ignore).flatMap((token): readonly Occurrence[] => {
    const role = roles.get(token.start) ?? (token.kind === 'name' ? 'word' : undefined)
    if (role === 'name') return []
    if (role !== undefined) return [{ role, token }]
    // Right behind a word the caret is still in the word.
    const spaced = !/\w/.test(text.charAt(token.start - 1))
    return spaced && OPERATORS.has(token.kind) ? [{ role: 'operator', token }] : []
  })
}

/** The roles of the tokens by where they begin; a `name` is anybody's to choose. */
function rolesIn(text: string): ReadonlyMap<number, Role | 'name'> {
  const roles = new Map<number, Role | 'name'>()
  const mark = ({ start, end }: { readonly start: number; readonly end: number }, role: Role | 'name') => {
    for (let at = start; at < end; at++) roles.set(at, role)
  }
  walk(analyse(text).query, (node) => markNode(node, mark))
  return roles
}

type Mark = (range: { readonly start: number; readonly end: number }, role: Role | 'name') => void

function markNode(node: Node, mark: Mark): void {
  switch (node.kind) {
    case 'UnknownStage':
      break
    case 'DpxlStage':
      mark(node.keywordRange, 'name')
      break
    case 'NameSegment':
    case 'TimestampLiteral':
    case 'NumberLiteral':
    case 'IntervalLiteral':
      mark(node.range, 'name')
      break
    case 'Keypath': {
      const ofRecord = node.namespace === '$m' || node.namespace === '$l'
      mark(firstCharacter(node.range), ofRecord ? 'record field' : 'name')
      break
    }
    case 'SeverityLiteral':
      mark(node.range, 'severity')
      break
    case 'CallExpression':
    case 'MethodCallExpression':
      mark(node.nameRange, 'function')
      markUnits(node, mark)
      break
    case 'CastExpression':
    case 'TypedKeypath':
      mark(node.typeRange, 'type')
      break
    case 'Argument':
      if (node.name !== null) mark(firstCharacter(node.range), 'argument name')
      break
    case 'Dataset':
      mark(node.range, 'name')
      if (SOURCES.some(({ name }) => name === printDataset(node))) mark(firstCharacter(node.range), 'dataset')
      break
    default:
      if ('keywordRange' in node) mark(firstCharacter(node.keywordRange), 'command')
  }
}

function firstCharacter({ start }: { readonly start: number }): { start: number; end: number } {
  return { start, end: start + 1 }
}

function markUnits(
  node: Extract<Node, { kind: 'CallExpression' | 'MethodCallExpression' }>,
  mark: Mark,
): void {
  for (const [index, { name, value }] of node.arguments.entries()) {
    const place = index + (node.kind === 'MethodCallExpression' ? 1 : 0)
    const domains = signaturesOf(node.name).map(
      ({ parameters }) =>
        (name === null ? parameters[place] : parameters.find((parameter) => parameter.name === name))?.domain,
    )
    const listed = domains.some(
      (domain) =>
        domain &&
        value.kind === 'StringLiteral' &&
        DOMAIN_CHOICES[domain].some(({ text }) => text === value.value),
    )
    if (listed) mark(value.range, 'unit')
  }
}

/** Whether one of the completions is the token, its canonical word, or begins with it and goes on with another word or sign. */
function offers(completions: readonly Completion[], { role, token }: Occurrence): boolean {
  const text = role === 'unit' ? token.text.replaceAll('"', "'") : token.text
  const written = role === 'command' || role === 'word' ? text.toLowerCase() : text
  const wanted = role === 'command' ? commandsOf(written) : [written]
  return completions.some(({ label }) =>
    wanted.some(
      (word) => label === word || (label.startsWith(word) && /^[ =/.]/.test(label.slice(word.length))),
    ),
  )
}

/** The canonical names of the commands that a word begins. */
function commandsOf(word: string): readonly string[] {
  const command = COMMAND_WORDS.get(word)
  if (command !== undefined) return [command.name]
  return COMMANDS.filter(({ synonyms }) => synonyms.some((synonym) => synonym.startsWith(`${word} `))).map(
    ({ name }) => name,
  )
}

/** Tokens of valid queries that are not offered: some text around the place, and the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'choose pct ^from': 'one line of the documentation, read with a warning',
  'pct from cpu ^* 100': 'in the form that one line of the documentation has',
  'choose a, b, ^| limit': 'a comma before the end of a stage is read with a warning',
  'on datatype ^change ': 'the other spelling is offered',
  'host ^agg avg': 'the long word is offered',
  'host ^calc avg': 'deprecated',
  'host ^calculate sum': 'deprecated',
  'multigroupby (a) ^agg sum': 'the long word is offered',
  'multigroupby (a) ^calc sum': 'deprecated',
  'multigroupby (a) ^calculate sum': 'deprecated',
  'dedupeby a ^order by': 'the one word is offered',
  'dedupeby b ^sortby': 'the usual word is offered',
  'dedupeby c ^sort by': 'the usual word is offered',
  'join ^right (': 'not documented',
  'path -^count': 'the keys may or may not have ended before the minus',
  'host - ^count': 'the keys may or may not have ended before the minus',
  "{ 'k': 1, ^b: x }": "the key of an object is anybody's to choose",
  'roundtime to ^to 1h': 'a field with the name of the word before the interval',
  'orderby ^-ms': 'a minus before a field is not documented',
  'choose ^timeRound(': 'deprecated',
  '^parseToTimestamp(s), to': 'deprecated',
  '^toIso8601DateTime(t), uuid': 'deprecated',
  '^uuid(), toNumber': 'deprecated',
  'max(^count()) as n': 'an aggregation within another is meaningless',
  'substr(s, ^start=1)': 'no name of an argument that the documentation writes',
  'a:interval, a:^array': 'no documented target of a cast',
  '^$metadata.b': 'the short form is offered',
  '^$labels.c': 'the short form is offered',
  'logs(^teamid=1': 'no parameter that is seen anywhere',
  'teamid=1, ^foo=2': 'no parameter that is seen anywhere',
  'severity.^toUpperCase()': 'a severity is no string',
  "msg ^~~ 'y'": 'documented with all of the data on its left alone',
  'interval ^$m.gap': 'no row is read yet where a time range stands',
  'last 1h (^teamId=7)': 'which of the two comes first is not documented',
}

const MARKS = Object.keys(EXCEPTIONS).map((marked) => ({
  marked,
  before: marked.slice(0, marked.indexOf('^')),
  after: marked.slice(marked.indexOf('^') + 1),
}))

describe('a valid query that ends before a token, or within it, can be completed with it', () => {
  const used = new Set<string>()
  const counts = new Map<Role, number>()
  for (const text of validQueries) {
    test(text, () => {
      for (const occurrence of occurrencesIn(text)) {
        const { role, token } = occurrence
        const exception = MARKS.find(
          ({ before, after }) =>
            text.slice(0, token.start).endsWith(before) && text.slice(token.start).startsWith(after),
        )
        if (exception !== undefined) {
          used.add(exception.marked)
          continue
        }
        counts.set(role, (counts.get(role) ?? 0) + 1)
        for (const end of cutsOf(occurrence)) {
          const completions = complete(text.slice(0, end), end)
          assert.ok(
            offers(completions, occurrence),
            `no ${role} at ${text.slice(0, end)}^${text.slice(end)}: ${completions.map(({ label }) => label).join(' ')}`,
          )
        }
      }
    })
  }

  test('there are many tokens of each role, and no exception is left over', () => {
    const roles: readonly Role[] = [
      ...(['command', 'word', 'function', 'argument name', 'type'] as const),
      ...(['severity', 'dataset', 'unit', 'record field', 'operator'] as const),
    ]
    for (const role of roles) assert.ok((counts.get(role) ?? 0) >= 8, `${role}: ${counts.get(role)}`)
    assert.deepEqual([...used].sort(), Object.keys(EXCEPTIONS).sort())
  })
})

/** Words that are values wherever they stand. */
const VALUE_WORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', ...SEVERITIES, ...CASE_FORMS])

test('every word of a clause is offered in any query that can be written', () => {
  let words = 0
  fc.assert(
    fc.property(arbitraryQuery, (query) => {
      const text = print(query)
      if (hasErrors(parse(text).diagnostics)) return
      for (const occurrence of occurrencesIn(text)) {
        const { role, token } = occurrence
        if (role !== 'word' || VALUE_WORDS.has(token.text) || token.text === 'right') continue
        words++
        const completions = complete(text.slice(0, token.start), token.start)
        assert.ok(offers(completions, occurrence), `${text.slice(0, token.start)}^${text.slice(token.start)}`)
      }
    }),
    { seed: 3, numRuns: 400 },
  )
  assert.ok(words > 1000, `${words} words`)
})

/** Before the token, and in the middle of a word or sign. */
function cutsOf({ role, token }: Occurrence): readonly number[] {
  const half = role === 'unit' || role === 'record field' ? 0 : Math.floor(token.text.length / 2)
  return [...new Set([token.start, token.start + half])]
}

// ---------------------------------------------------------------------------------------------------------
// Any place of any text

/** Keys and values that have to be written with care. */
const awkwardFields = [
  { keypath: "$d.tags['it\\'s | \\\\x']", type: 'string', sample_values: ["a'b\\", 'two\nlines'] },
  { keypath: '$d.status', type: 'string', sample_values: ['/* no */', '// no', '`{'] },
]
const catalogue = { logs: awkwardFields, spans: awkwardFields }

/** How many places of the corpus are looked at closely. */
const PLACES = 1500

function codesOf(text: string): readonly string[] {
  const codes: string[] = []
  tokenize(text, ({ code, severity }) => {
    if (severity === 'error' && code !== unterminatedTemplate.code) codes.push(code)
  })
  return codes
}

test('nothing is thrown at any place, and what is taken leaves no token broken', () => {
  fc.assert(
    fc.property(fc.constantFrom(...queries), fc.nat(), fc.boolean(), (text, place, whole) => {
      const offset = place % (text.length + 1)
      const shown = whole ? text : text.slice(0, offset)
      for (const { range, insertText, label } of complete(shown, offset, { catalogue })) {
        assert.ok(range.start <= offset && range.end >= offset, label)
        const before = text.slice(0, range.start)
        const known = new Set(codesOf(before))
        const broken = codesOf(before + insertText).filter((code) => !known.has(code))
        assert.deepEqual(broken, [], `${before}«${insertText}»`)
      }
    }),
    { seed: 7, numRuns: PLACES },
  )
})

test('nothing is thrown at any text', () => {
  const words = fc.constantFrom(
    ...[
      'source',
      'logs',
      '|',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      "'",
      '"',
      '`',
      '/',
      '.',
      ':',
      ',',
      '$m',
      '$',
      '@',
    ],
    ...[
      'groupby',
      'join',
      'case',
      '->',
      '=',
      '==',
      '&&',
      'last',
      '1h',
      'as',
      'on',
      'into',
      '//',
      '/*',
      '\n',
      ' ',
    ],
  )
  const soup = fc.array(words, { maxLength: 30 }).map((list) => list.join(' '))
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), fc.nat(), (text, place) => {
      complete(text, place % (text.length + 1))
    }),
    { seed: 7, numRuns: 3000 },
  )
})

describe('time grows with the length of the text only', () => {
  const texts: Readonly<Record<string, (count: number) => string>> = {
    stages: (count) => `source logs${' | filter a == 1'.repeat(count / 14)} | create x from `,
    'removed fields': (count) => `source logs${' | remove a.b'.repeat(count / 13)} | filter `,
    joins: (count) => `source logs${' | join (source logs) using a into b'.repeat(count / 36)} | filter b.`,
    'nested sub-queries': (count) => 'join (source a | '.repeat(count / 17),
    parentheses: (count) => `filter ${'('.repeat(count)}`,
    'a long chain': (count) => `filter a${'.b'.repeat(count / 2)}.`,
    methods: (count) => `filter a${'.max()'.repeat(count / 6)} == `,
    sums: (count) => `filter (a${' + 1'.repeat(count / 4)}) == `,
    quotes: (count) => "'".repeat(count),
    'a list': (count) => `groupby a${', a'.repeat(count / 3)} `,
    clauses: (count) => `create a from 1${' on keypath exists skip'.repeat(count / 23)} `,
    'missing clauses': (count) => `explode ${'into '.repeat(count / 5)}`,
    'braces in templates': (count) => `filter ${'`{'.repeat(count / 2)}`,
    'a long word': (count) => 'a'.repeat(count),
  }
  for (const [name, make] of Object.entries(texts)) {
    test(name, () => {
      const text = make(LENGTH)
      // The time that this thread has worked: what else the machine does is no fault of it.
      const start = process.threadCpuUsage()
      complete(text, text.length)
      const { user, system } = process.threadCpuUsage(start)
      const duration = (user + system) / 1_000
      assert.ok(duration < DURATION_MAX_MS, `${duration} ms`)
    })
  }
})

/** So long that anything quadratic takes minutes; what is linear takes a fraction of a second. */
const LENGTH = 300_000
const DURATION_MAX_MS = 5000
