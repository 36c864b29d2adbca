import type { AnalyseOptions } from '../analyse'
import { describeSignature, type FunctionSignature } from '../catalogue/functions'
import { missing, parsePostfix } from '../syntax/expression-parser'
import { TokenStream } from '../syntax/token-stream'
import type { Expression, Keypath, TextRange } from '../tree/ast'
import { typeOf } from '../types/infer-expression'
import { typeOfWord, typeWord } from '../types/inferred-type'
import type { Caret } from './caret'
import type { Completion, CompletionKind } from './completion'
import type { TokenSpan } from './expression-place'
import type { LiveField } from './live-fields'

/** A completion that has not been compared with what is typed yet. */
export interface Candidate extends Completion {
  /** What is typed must be the beginning of one of these, or else occur in one. */
  readonly matches: readonly string[]
  /** The text that is compared. */
  readonly typed: string
  /** Whether it may take the place of a half-written string. */
  readonly inString: boolean
}

/** What the candidates are made from. */
export interface Situation {
  readonly caret: Caret
  readonly options: AnalyseOptions
  /** The fields that the rows of the stage have. */
  fields(): readonly LiveField[]
  fieldNamed(keypath: Keypath): LiveField | undefined
}

interface CandidateFacts {
  readonly label: string
  readonly kind: CompletionKind
  readonly insertText?: string
  readonly range?: TextRange
  readonly detail?: string
  readonly documentation?: string
  readonly matches?: readonly string[]
  readonly typed?: string
  readonly inString?: boolean
}

/** A candidate that stands for the typed word and is found by its label, unless told otherwise. */
export function candidate({ caret }: Situation, facts: CandidateFacts): Candidate {
  const { typed } = caret
  return {
    label: facts.label,
    kind: facts.kind,
    insertText: facts.insertText ?? facts.label,
    range: facts.range ?? { start: typed.start, end: typed.end },
    detail: facts.detail ?? '',
    documentation: facts.documentation ?? '',
    matches: facts.matches ?? [facts.label],
    typed: facts.typed ?? typed.text,
    inString: facts.inString ?? false,
  }
}

/** A call, up to where its first argument goes. */
export function callCandidate(situation: Situation, signature: FunctionSignature): Candidate {
  const { name, kind, parameters, result, summary } = signature
  const bracket = situation.caret.after.startsWith('(') ? '' : parameters.length === 0 ? '()' : '('
  return candidate(situation, {
    label: name,
    kind: kind === 'aggregate' ? 'aggregation' : 'function',
    insertText: name + bracket,
    detail: `${describeSignature(signature)}: ${result}`,
    documentation: summary,
  })
}

/** A string that takes the place of the word or the string that is being typed. */
export function stringCandidate(
  situation: Situation,
  value: string,
  facts: Omit<CandidateFacts, 'label' | 'inString'>,
): Candidate {
  const label = quote(value)
  return candidate(situation, { ...facts, label, matches: [value], inString: true })
}

function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`
}

/** The operand that some tokens of the stage make. */
export function operandOf({ caret: { tokens } }: Situation, { from, to }: TokenSpan): Expression {
  const last = tokens[to - 1]
  const end = last?.end ?? 0
  const mark = { kind: 'end', text: '', value: '', start: end, end, comments: [], closed: true } as const
  // What is said about the operand is not asked for, so it needs no text to be said of.
  const s = new TokenStream('', [...tokens.slice(from, to), mark], ignore)
  return from < to ? parsePostfix(s) : missing(s)
}

function ignore(): void {}

/** The word for the type of the operand that some tokens make, as far as it is known. */
export function typeOfSpan(situation: Situation, span: TokenSpan): string | undefined {
  const operand = operandOf(situation, span)
  const field = operand.kind === 'Keypath' ? situation.fieldNamed(operand) : undefined
  // A catalogue may call the type of a field by a word of its own.
  if (field !== undefined) return field.type ?? undefined
  const lookup = (keypath: Keypath) => typeOfWord(situation.fieldNamed(keypath)?.type ?? 'unknown')
  return typeWord(typeOf(operand, { lookup }))
}
