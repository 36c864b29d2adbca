/** Stages that change what is in a row. */

import * as problem from '../../diagnostics/codes'
import { replaceText, withFix } from '../../diagnostics/diagnostic'
import type {
  AliasedExpression,
  CallExpression,
  ChooseStage,
  ConvertStage,
  CreateStage,
  EnrichStage,
  ExplodeStage,
  Expression,
  ExtractStage,
  MoveStage,
  RedactStage,
  RemoveStage,
  ReplaceStage,
  RoundtimeStage,
  TypedKeypath,
} from '../../tree/ast'
import {
  atColonEquals,
  missing,
  parseArguments,
  parseExpression,
  parseExpressionEndingAt,
  parsePostfix,
} from '../expression-parser'
import { missingKeypath, parseKeypath } from '../keypath-parser'
import { parseString } from '../literal-parser'
import { ENDS_AT_EQUALS, rangeOf, type TokenStream } from '../token-stream'
import { parseInterval } from './source-stage'
import {
  atClauseWord,
  expectWord,
  failMissingClause,
  parseAliased,
  parseDataset,
  parseInto,
  parseList,
  parseOptionalInto,
  parseRequiredString,
  type StageStart,
  stageRanges,
  toKeypath,
} from './stage-parts'

/** Choose = ("choose" | "select") Aliased { "," Aliased } */
export function parseChoose(s: TokenStream, start: StageStart): ChooseStage {
  const fields = parseList(s, { command: start.command, clauses: ['from'], ofFields: true }, parseAliased)
  const [only, second] = fields
  if (only === undefined || second !== undefined || !s.atWord('from')) {
    return { kind: 'ChooseStage', fields, ...stageRanges(s, start) }
  }
  return parseChooseFrom(s, start, only)
}

/** `choose name from expression`: one line of the documentation, read as naming the expression. */
function parseChooseFrom(s: TokenStream, start: StageStart, named: AliasedExpression): ChooseStage {
  s.warn(problem.undocumentedForm(rangeOf(s.token), '"from" in choose', 'use choose expression as name'))
  s.advance()
  const expression = parseExpression(s)
  const alias = toKeypath(s, named.expression, start.command)
  const field = {
    kind: 'AliasedExpression',
    expression,
    alias,
    range: s.rangeFrom(named.range.start),
  } as const
  return { kind: 'ChooseStage', fields: [field], ...stageRanges(s, start) }
}

/** The `=` in `create name = expression`. */
function takeAssignment(s: TokenStream): void {
  const before = s.previousEnd
  const colon = s.at(':') ? s.advance() : undefined
  const equals = s.advance()
  const sign = { start: (colon ?? equals).start, end: equals.end }
  const newText = `${before === sign.start ? ' ' : ''}from${s.token.start === sign.end ? ' ' : ''}`
  const diagnostic = problem.assignment(sign, 'create keypath from expression')
  s.warn(withFix(diagnostic, 'use from', replaceText(sign, newText)))
}

type OnClauses = Pick<CreateStage, 'onKeypathExists' | 'onKeypathMissing' | 'onDatatypeChanged'>

/** Create = ("create" | "add" | "a" | "c") ( Keypath "from" Expression | Expression "as" Keypath ) { OnClause } */
export function parseCreate(s: TokenStream, start: StageStart): CreateStage {
  const first = parseExpressionEndingAt(s, ENDS_AT_EQUALS)
  if (s.eatWord('as')) {
    const target = parseKeypath(s)
    return {
      kind: 'CreateStage',
      target,
      value: first,
      form: 'as',
      ...parseOnClauses(s),
      ...stageRanges(s, start),
    }
  }
  if (s.at('=') || atColonEquals(s)) takeAssignment(s)
  else expectWord(s, start.command, 'from')
  const target = toKeypath(s, first, start.command)
  const value = parseExpression(s)
  return { kind: 'CreateStage', target, value, form: 'from', ...parseOnClauses(s), ...stageRanges(s, start) }
}

/**
 * OnClause = "on" "keypath" "exists" ("fail" | "skip" | "overwrite")
 *          | "on" "keypath" "missing" ("fail" | "create" | "skip")
 *          | "on" "datatype" ("changed" | "change") ("skip" | "fail" | "overwrite")
 *
 * Their order is not documented, so any will do.
 */
function parseOnClauses(s: TokenStream): OnClauses {
  const clauses: { -readonly [Name in keyof OnClauses]: OnClauses[Name] } = {
    onKeypathExists: null,
    onKeypathMissing: null,
    onDatatypeChanged: null,
  }
  for (;;) {
    const start = s.token.start
    if (!s.eatWord('on')) return clauses
    const repeated = (clause: string, earlier: string | null) => {
      if (earlier !== null) s.warn(problem.repeatedClause(s.rangeFrom(start), clause))
    }
    const subject = eatRequiredOneOf(s, 'on', ['keypath', 'datatype'] as const)
    if (subject === 'datatype') {
      eatRequiredOneOf(s, 'on datatype', ['changed', 'change'] as const)
      repeated('on datatype changed', clauses.onDatatypeChanged)
      clauses.onDatatypeChanged =
        eatRequiredOneOf(s, 'on datatype changed', ['skip', 'fail', 'overwrite'] as const) ?? null
    } else if (subject === 'keypath') {
      const event = eatRequiredOneOf(s, 'on keypath', ['exists', 'missing'] as const)
      if (event === 'exists') {
        repeated('on keypath exists', clauses.onKeypathExists)
        clauses.onKeypathExists =
          eatRequiredOneOf(s, 'on keypath exists', ['fail', 'skip', 'overwrite'] as const) ?? null
      } else if (event === 'missing') {
        repeated('on keypath missing', clauses.onKeypathMissing)
        clauses.onKeypathMissing =
          eatRequiredOneOf(s, 'on keypath missing', ['fail', 'create', 'skip'] as const) ?? null
      }
    }
  }
}

function eatRequiredOneOf<Word extends string>(
  s: TokenStream,
  clause: string,
  words: readonly Word[],
): Word | undefined {
  const word = s.eatOneOf(words)
  if (word === undefined) {
    return failMisspeltWord(s, clause, words)
  }
  return word
}

/** Reports a word that is none of those a clause takes; one that is nearly one of them is taken for it. */
function failMisspeltWord<Word extends string>(
  s: TokenStream,
  clause: string,
  words: readonly Word[],
): Word | undefined {
  const suggestion = s.suggest(s.found(), words) as Word | undefined
  const diagnostic = problem.expectedWord(s.here(), clause, words, s.found(), suggestion)
  if (suggestion === undefined || !s.at('name')) {
    s.fail(diagnostic)
    return undefined
  }
  s.fail(withFix(diagnostic, `use ${suggestion}`, replaceText(rangeOf(s.token), suggestion)))
  s.advance()
  return suggestion
}

/** Replace = "replace" Keypath "with" Expression [ "on" "datatype" "changed" (…) ] */
export function parseReplace(s: TokenStream, start: StageStart): ReplaceStage {
  const target = parseKeypath(s)
  const value = expectWord(s, start.command, 'with', ['by', 'to', 'from', '='])
    ? parseExpression(s)
    : missing(s)
  const { onDatatypeChanged } = parseOnClauses(s)
  return { kind: 'ReplaceStage', target, value, onDatatypeChanged, ...stageRanges(s, start) }
}

/** Remove = ("remove" | "r") Keypath { "," Keypath } */
export function parseRemove(s: TokenStream, start: StageStart): RemoveStage {
  const keypaths = parseList(s, { command: start.command }, (s) => {
    const expression = parsePostfix(s)
    if (expression.kind !== 'Keypath') toKeypath(s, expression, start.command)
    return expression
  })
  return { kind: 'RemoveStage', keypaths, ...stageRanges(s, start) }
}

/** Move = ("move" | "m") Keypath "to" Keypath */
export function parseMove(s: TokenStream, start: StageStart): MoveStage {
  const from = parseKeypath(s)
  const to = expectWord(s, start.command, 'to', ['into', 'as']) ? parseKeypath(s) : missingKeypath(s)
  return { kind: 'MoveStage', from, to, ...stageRanges(s, start) }
}

/** Redact = "redact" Keypath [ "matching" ] (Regex | String) "to" String */
export function parseRedact(s: TokenStream, start: StageStart): RedactStage {
  const target = parseKeypath(s)
  if (!s.eatWord('matching')) takeWordBeforePattern(s)
  let pattern: Expression
  if (s.at('regex')) pattern = parsePostfix(s)
  else if (s.at('string')) pattern = parseString(s)
  else {
    failMissingClause(s, start.command, 'a regular expression or a string to look for')
    pattern = missing(s)
  }
  const replacement = expectWord(s, start.command, 'to', ['with', 'into', 'as'])
    ? parseRequiredString(s, start.command)
    : missing(s)
  return { kind: 'RedactStage', target, pattern, replacement, ...stageRanges(s, start) }
}

/** A word that is nearly `matching`, or another one, before the pattern. */
function takeWordBeforePattern(s: TokenStream): void {
  const next = s.peek().kind
  if (!s.at('name') || (next !== 'regex' && next !== 'string')) return
  const known = s.atWord('using') || s.atWord('regex') || s.atWord('pattern')
  if (!known && s.suggest(s.token.text, ['matching']) === undefined) return
  const diagnostic = problem.unexpectedToken(s.here(), s.found(), 'redact', 'matching')
  s.warn(withFix(diagnostic, 'use matching', replaceText(rangeOf(s.advance()), 'matching')))
}

/** TypedKeypath = Keypath ":" type */
function parseTypedKeypath(s: TokenStream): TypedKeypath {
  const start = s.token.start
  const keypath = parseKeypath(s)
  if (s.atWord('to') || s.atWord('as')) takeWordForColon(s)
  else if (!s.expect(':'))
    return { kind: 'TypedKeypath', keypath, type: '', typeRange: missing(s).range, range: s.rangeFrom(start) }
  if (!s.at('name')) {
    s.fail(problem.expectedType(s.here(), s.found()))
    return { kind: 'TypedKeypath', keypath, type: '', typeRange: missing(s).range, range: s.rangeFrom(start) }
  }
  const type = s.advance()
  return {
    kind: 'TypedKeypath',
    keypath,
    type: type.text,
    typeRange: rangeOf(type),
    range: s.rangeFrom(start),
  }
}

/** `convert retries to number`: a word where the colon belongs. */
function takeWordForColon(s: TokenStream): void {
  const before = s.previousEnd
  const word = s.advance()
  const diagnostic = problem.expectedToken(rangeOf(word), ':', word.text)
  s.warn(withFix(diagnostic, 'use :', replaceText({ start: before, end: s.token.start }, ':')))
}

/** Convert = ("convert" | "conv") [ "datatypes" ] TypedKeypath { "," TypedKeypath } */
export function parseConvert(s: TokenStream, start: StageStart): ConvertStage {
  if (s.atWord('datatypes') && (s.peek().kind === 'name' || s.peek().kind === 'namespace')) s.takeWord()
  const conversions = parseList(s, { command: start.command }, parseTypedKeypath)
  return { kind: 'ConvertStage', conversions, ...stageRanges(s, start) }
}

/** Roundtime = "roundtime" [ Expression ] "to" Interval [ "into" Keypath ] */
export function parseRoundtime(s: TokenStream, start: StageStart): RoundtimeStage {
  const timeLeftOut = atClauseWord(s, 'to')
  const time = timeLeftOut ? null : parseExpression(s)
  const interval = expectWord(s, start.command, 'to', ['by']) ? parseInterval(s) : missing(s)
  const into = parseOptionalInto(s)
  return { kind: 'RoundtimeStage', time, interval, into, ...stageRanges(s, start) }
}

/** Explode = "explode" Expression "into" Keypath [ "original" ("discard" | "preserve") ] */
export function parseExplode(s: TokenStream, start: StageStart): ExplodeStage {
  const array = parseExpression(s)
  const into = parseInto(s, start.command)
  const original = s.eatWord('original')
    ? (eatRequiredOneOf(s, 'original', ['discard', 'preserve'] as const) ?? null)
    : null
  return { kind: 'ExplodeStage', array, into, original, ...stageRanges(s, start) }
}

/** Extract = ("extract" | "e") Expression "into" Keypath "using" Extractor [ "datatypes" TypedKeypath { "," TypedKeypath } ] */
export function parseExtract(s: TokenStream, start: StageStart): ExtractStage {
  const subject = parseExpression(s)
  const into = parseInto(s, start.command)
  const extractor = parseExtractor(s, start)
  const datatypes = s.eatWord('datatypes') ? parseList(s, { command: start.command }, parseTypedKeypath) : []
  return { kind: 'ExtractStage', subject, into, extractor, datatypes, ...stageRanges(s, start) }
}

/** Extractor = name [ Arguments ] */
function parseExtractor(s: TokenStream, start: StageStart): CallExpression {
  const named = expectWord(s, start.command, 'using', ['with', 'by'])
  if (named && s.at('regex')) return parseBareRegex(s)
  if (!named || !s.at('name')) {
    failMissingClause(s, start.command, 'the name of an extractor after "using"')
    const { range } = missing(s)
    return { kind: 'CallExpression', name: '', nameRange: range, arguments: [], range }
  }
  const name = s.advance()
  if (!s.at('(')) {
    s.warn(
      problem.undocumentedForm(rangeOf(name), 'an extractor without parentheses', `write ${name.text}()`),
    )
  }
  const list = s.at('(') ? parseArguments(s) : []
  return {
    kind: 'CallExpression',
    name: name.text,
    nameRange: rangeOf(name),
    arguments: list,
    range: s.rangeFrom(name.start),
  }
}

/** `using /…/`: the extractor that takes a regular expression is meant. */
function parseBareRegex(s: TokenStream): CallExpression {
  const { start, end, text } = s.token
  const value = parsePostfix(s)
  const range = s.rangeFrom(start)
  const diagnostic = problem.missingClause(
    range,
    'extract',
    'the name of an extractor after "using"',
    'regexp(e=/…/)',
  )
  s.warn(withFix(diagnostic, 'use regexp(e=/…/)', replaceText({ start, end }, `regexp(e=${text})`)))
  const nameRange = { start, end: start }
  return {
    kind: 'CallExpression',
    name: 'regexp',
    nameRange,
    arguments: [{ kind: 'Argument', name: 'e', value, range }],
    range,
  }
}

/** Enrich = "enrich" Expression "into" Keypath "using" Dataset */
export function parseEnrich(s: TokenStream, start: StageStart): EnrichStage {
  const key = parseExpression(s)
  const into = parseInto(s, start.command)
  const named = expectWord(s, start.command, 'using')
  const table = named
    ? parseDataset(s)
    : ({ kind: 'Dataset', dataspace: null, name: '', range: missing(s).range } as const)
  return { kind: 'EnrichStage', key, into, table, ...stageRanges(s, start) }
}
