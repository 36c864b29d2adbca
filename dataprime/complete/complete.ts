import type { AnalyseOptions } from '../analyse'
import { COMMANDS, type CommandName, commandNamed } from '../catalogue/commands'
import { SOURCES } from '../catalogue/datasets'
import { DPXL_FUNCTIONS, isDpxlOperator } from '../catalogue/dpxl'
import { EXTRACTORS } from '../catalogue/extractors'
import { CAST_TYPES } from '../catalogue/types'
import { tokenize } from '../syntax/lexer'
import { parse } from '../syntax/parser'
import { startsDpxl } from '../syntax/stages/dpxl-stage'
import type { BinaryOperator } from '../tree/ast'
import { type Candidate, callCandidate, candidate, type Situation } from './candidate'
import { type Caret, findCarets } from './caret'
import type { Completion } from './completion'
import { expectAfter } from './expect'
import type { Expectation, ExpectedExpression } from './expectation'
import { AGGREGATE_FUNCTIONS } from './function-choice'
import { fieldsBefore, keyOf, type LiveField, placeOf } from './live-fields'
import { extractorArgumentCandidates, operandCandidates } from './operand-candidates'
import {
  dotCandidates,
  operatorCandidates,
  sign,
  stageEndCandidates,
  takesKeypath,
} from './operator-candidates'
import { rankCandidates } from './rank'
import { timestampCandidates } from './value-candidates'

export type { Completion, CompletionKind } from './completion'

/**
 * What may stand at an offset of a query, the most fitting first: all that the grammar, the catalogue and the
 * stages before it have for this place and that what is typed already is the beginning or a part of. Text
 * that is broken or half-typed is read as far as it goes. Never throws; the time it takes grows with the
 * length of the text before the offset and with the size of the catalogue.
 */
export function complete(text: string, offset: number, options: AnalyseOptions = {}): readonly Completion[] {
  const place = Math.max(0, Math.min(Math.trunc(offset) || 0, text.length))
  return rankCandidates(findCarets(text, place).flatMap((caret) => candidatesAt(caret, options)))
}

function candidatesAt(caret: Caret, options: AnalyseOptions): readonly Candidate[] {
  const situation = createSituation(caret, options)
  const known = byUse(expectAfter(caret.tokens)).flatMap((expectation) =>
    candidatesFor(situation, expectation),
  )
  const candidates = isDpxl(caret) ? known.filter(isInDpxl) : known
  switch (caret.typed.kind) {
    case 'string':
      return candidates.filter(({ inString }) => inString)
    case 'sign':
      return candidates.filter(({ label, typed }) => label.length > typed.length && label.startsWith(typed))
    default:
      return candidates
  }
}

function isDpxl({ first, tokens, pipeline }: Caret): boolean {
  return startsDpxl(first ? tokens : tokenize(pipeline, () => {}))
}

/** An expression of DPXL is a condition on one record, and has only a part of the language. */
function isInDpxl({ kind, label }: Completion): boolean {
  switch (kind) {
    case 'function':
      return DPXL_FUNCTIONS.has(label)
    case 'operator':
      return isDpxlOperator(label as BinaryOperator)
    case 'field':
      // Parameters are those of a dashboard.
      return !label.startsWith('$p')
    case 'punctuation':
      return label !== '|'
    default:
      return kind === 'value' || kind === 'type'
  }
}

/** The fields are looked for when the first candidate needs them. */
function createSituation(caret: Caret, options: AnalyseOptions): Situation {
  let fields: readonly LiveField[] | undefined
  let byKey: ReadonlyMap<string, LiveField> | undefined
  const situation: Situation = {
    caret,
    options,
    fields() {
      if (fields === undefined) {
        const { query } = parse(caret.pipeline)
        fields = fieldsBefore(query, query.stages.length, options)
      }
      return fields
    },
    fieldNamed(keypath) {
      const place = placeOf(keypath)
      byKey ??= new Map(situation.fields().map((field) => [keyOf(field), field]))
      return place === undefined ? undefined : byKey.get(keyOf(place))
    },
  }
  return situation
}

/** The order in which expectations are of use; those of one rank stay in the order of the grammar. */
function byUse(expectations: readonly Expectation[]): readonly Expectation[] {
  return expectations.toSorted((a, b) => useOf(a) - useOf(b))
}

function useOf(expectation: Expectation): number {
  switch (expectation.kind) {
    case 'expression':
      return expressionUse(expectation)
    case 'word':
    case 'sign':
      return 1
    case 'stage-end':
      return 2
    default:
      return 0
  }
}

function expressionUse({ slot, place, wordLeftOut }: ExpectedExpression): number {
  if (wordLeftOut) return 4
  const endsHere = place.state === 'operator' && place.outer.length === 0
  return endsHere && slot !== 'condition' && slot !== 'join-conditions' ? 3 : 0
}

function candidatesFor(situation: Situation, expectation: Expectation): readonly Candidate[] {
  switch (expectation.kind) {
    case 'command':
      return commandCandidates(situation)
    case 'word':
      return [
        candidate(situation, {
          label: expectation.text,
          kind: 'clause',
          documentation: expectation.part.summary,
          matches: [expectation.text, ...expectation.part.synonyms],
        }),
      ]
    case 'sign':
      return [sign(situation, expectation.text)]
    case 'stage-end':
      return stageEndCandidates(situation)
    case 'dataset':
      return expectation.slot === 'table' ? [] : datasetCandidates(situation, expectation.from)
    case 'type':
      return typeCandidates(situation)
    case 'extractor':
      return extractorCandidates(situation)
    case 'extractor-argument':
      return extractorArgumentCandidates(situation, expectation.place)
    case 'expression':
      return expectation.wordLeftOut
        ? AGGREGATE_FUNCTIONS.map((signature) => callCandidate(situation, signature))
        : expressionCandidates(situation, expectation)
  }
}

function expressionCandidates(
  situation: Situation,
  { slot, place }: ExpectedExpression,
): readonly Candidate[] {
  switch (place.state) {
    case 'operand':
      return operandCandidates(situation, slot, place)
    case 'operator':
      return operatorCandidates(situation, slot, place)
    case 'member':
      return dotCandidates(situation, slot, place)
    case 'type':
      // A cast where only a keypath may stand is read, with a diagnostic.
      return takesKeypath(slot) && place.outer.length === 0 ? [] : typeCandidates(situation)
    case 'timestamp':
      return timestampCandidates(situation)
  }
}

/** The commands that are written most. */
const USUAL_COMMANDS: readonly CommandName[] = [
  'filter',
  'groupby',
  'choose',
  'create',
  'orderby',
  'limit',
  'aggregate',
  'countby',
  'top',
  'count',
  'distinct',
  'extract',
]

const LATER_COMMANDS = [
  ...USUAL_COMMANDS.map(commandNamed),
  ...COMMANDS.filter(({ name }) => name !== 'source' && !USUAL_COMMANDS.includes(name)),
]

/** A source stands first in a query and nowhere else; without one the query reads the default dataset. */
function commandCandidates(situation: Situation): readonly Candidate[] {
  const commands = situation.caret.first ? [commandNamed('source'), ...LATER_COMMANDS] : LATER_COMMANDS
  return commands.map(({ name, synonyms, syntax, summary }) =>
    candidate(situation, {
      label: name,
      kind: 'command',
      detail: syntax,
      documentation: summary,
      matches: [name, ...synonyms.filter((synonym) => synonym.length > 1)],
    }),
  )
}

function datasetCandidates(situation: Situation, from: number): readonly Candidate[] {
  const { typed, tokens } = situation.caret
  const start = tokens[from]?.start ?? typed.start
  const written = [...tokens.slice(from).map(({ text }) => text), typed.text].join('')
  return SOURCES.map(({ name, summary }) =>
    candidate(situation, {
      label: name,
      kind: 'dataset',
      documentation: summary,
      range: { start, end: typed.end },
      typed: written,
      matches: [name],
      // A name may be quoted, and needs no quotes when it is one of these.
      inString: true,
    }),
  )
}

function typeCandidates(situation: Situation): readonly Candidate[] {
  return CAST_TYPES.map((label) => candidate(situation, { label, kind: 'type' }))
}

function extractorCandidates(situation: Situation): readonly Candidate[] {
  const bracket = situation.caret.after.startsWith('(') ? '' : '('
  return EXTRACTORS.map(({ name, parameters, summary, result }) => {
    const list = parameters.map(({ name, required }) => (required ? `${name}=…` : `[${name}=…]`))
    return candidate(situation, {
      label: name,
      kind: 'extractor',
      insertText: name + bracket,
      detail: `${name}(${list.join(', ')}): ${result}`,
      documentation: summary,
    })
  })
}
