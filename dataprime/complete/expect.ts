/**
 * What may stand at the caret, read from the tokens of the stage before it and the clauses of its command.
 * A part of a clause that the text lacks is passed over, so that half-written and mistaken stages are
 * read as far as they can be.
 */

import type { ClausePart, Slot, WordPart } from '../catalogue/clauses'
import { startsDpxl } from '../syntax/stages/dpxl-stage'
import { STARTS_OPERAND } from '../syntax/token-stream'
import type { Token, TokenKind } from '../syntax/tokens'
import { expectSecondWord, findCommand, wordsAt } from './command-word'
import type { Expectation } from './expectation'
import {
  type ExpressionLimits,
  type ExpressionPlace,
  type ReadExpression,
  readArguments,
  readExpression,
} from './expression-place'

/** All that may stand behind the tokens of a stage, in the order the grammar names it. */
export function expectAfter(tokens: readonly Token[]): readonly Expectation[] {
  if (tokens.length === 0) return [{ kind: 'command' }]
  if (startsDpxl(tokens)) return new ClauseReader(tokens, DPXL_VERSION_LENGTH).readStage(DPXL_CLAUSES)
  const secondWords = expectSecondWord(tokens)
  if (secondWords.length > 0) return secondWords
  const started = findCommand(tokens)
  if (started === undefined) return []
  const reader = new ClauseReader(tokens, started.wordCount)
  return reader.readStage(started.command.clauses)
}

/** The tokens of `<v1>`. */
const DPXL_VERSION_LENGTH = 3

const DPXL_CLAUSES: readonly ClausePart[] = [{ kind: 'slot', slot: 'condition' }]

/** How far a way through the clauses got. */
interface Progress {
  readonly at: number
  /** Parts that should have been there and were not. */
  readonly missing: number
  /** The caret was reached at a part that must stand there. */
  readonly stopped: boolean
  readonly expected: readonly Expectation[]
}

class ClauseReader {
  readonly #tokens: readonly Token[]
  #at: number
  #missing = 0
  #stopped = false
  #expected: Expectation[] = []
  /** At the caret, what may stand now would follow a word that is not written. */
  #wordLeftOut = false

  constructor(tokens: readonly Token[], from: number) {
    this.#tokens = tokens
    this.#at = from
  }

  readStage(clauses: readonly ClausePart[]): readonly Expectation[] {
    this.#readParts(clauses)
    if (this.#stopped) return this.#expected
    if (this.#atCaret) this.#expected.push({ kind: 'stage-end' })
    else this.#readRest()
    return this.#expected
  }

  get #atCaret(): boolean {
    return this.#at >= this.#tokens.length
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token
  }

  /** Of tokens that the clauses have no place for only what stands within their brackets can be told, and that the stage may end. */
  #readRest(): void {
    while (!this.#atCaret) {
      const before = this.#at
      const { next, place } = readExpression(this.#tokens, before)
      if (place !== null && place.outer.length > 0) {
        this.#expect({ kind: 'expression', slot: 'expression', place, wordLeftOut: false })
      } else if (place?.state === 'operator') {
        this.#expect({ kind: 'stage-end' })
      }
      this.#at = Math.max(next, before + 1)
    }
  }

  #readParts(parts: readonly ClausePart[]): void {
    for (const [index, part] of parts.entries()) {
      if (this.#stopped) return
      this.#readPart(part, parts.slice(index + 1))
    }
  }

  #readPart(part: ClausePart, rest: readonly ClausePart[]): void {
    switch (part.kind) {
      case 'word':
        this.#readWord(part)
        break
      case 'slot':
        this.#readSlot(part.slot, rest[0])
        break
      case 'sign':
        this.#readSign(part.sign)
        break
      case 'optional':
        this.#readOptional(part.parts, rest)
        break
      case 'choice':
        this.#readChoice(part.choices)
        break
      case 'list':
        this.#readList(part.parts)
        break
      case 'any-order':
        this.#readAnyOrder(part.options)
        break
      case 'parentheses':
        this.#readParentheses(part.parts)
        break
      case 'unlisted':
        this.#readPart(part.part, rest)
    }
  }

  #expect(expectation: Expectation): void {
    this.#expected.push(expectation)
  }

  #readWord(part: WordPart): void {
    for (const spelling of [part.word, ...part.synonyms]) {
      const words = spelling.split(' ')
      const count = wordsAt(this.#tokens, this.#at, words)
      if (count === words.length) {
        this.#at += count
        return
      }
      if (this.#at + count < this.#tokens.length) continue
      this.#expect({ kind: 'word', text: words.slice(count).join(' '), part })
      this.#at += count
      this.#stopped = count > 0 || !part.mayBeLeftOut
      this.#wordLeftOut = !this.#stopped
      return
    }
    if (!part.mayBeLeftOut) this.#missing++
  }

  #readSign(sign: TokenKind): void {
    if (this.#atCaret) {
      this.#expect({ kind: 'sign', text: sign })
      this.#stopped = true
    } else if (!this.#eat(sign)) this.#missing++
  }

  #eat(kind: TokenKind): boolean {
    if (this.#atCaret || this.#token.kind !== kind) return false
    this.#at++
    return true
  }

  #readOptional(parts: readonly ClausePart[], rest: readonly ClausePart[]): void {
    if (this.#atCaret) {
      this.#readParts(parts)
      this.#stopped = false
      this.#wordLeftOut = false
    } else if (this.#canStart(parts) && !this.#belongsToRest(parts, rest)) {
      this.#readParts(parts)
    }
  }

  /** Of several ways the ones are followed that lack least, and all of those that reach the caret. */
  #readChoice(choices: readonly (readonly ClausePart[])[]): void {
    const startable = this.#atCaret ? choices : choices.filter((choice) => this.#canStart(choice))
    if (startable.length === 0) this.#missing++
    else this.#followBest(startable.map((choice) => this.#tryParts(choice)))
  }

  #tryParts(parts: readonly ClausePart[]): Progress {
    const outer = { at: this.#at, missing: this.#missing, expected: this.#expected }
    this.#expected = []
    this.#readParts(parts)
    const tried = {
      at: this.#at,
      missing: this.#missing,
      stopped: this.#stopped,
      expected: this.#expected,
    }
    this.#at = outer.at
    this.#missing = outer.missing
    this.#expected = outer.expected
    this.#stopped = false
    return tried
  }

  #followBest(tried: readonly Progress[]): void {
    const least = Math.min(...tried.map(({ missing }) => missing))
    const good = tried.filter(({ missing }) => missing === least)
    this.#at = Math.max(...good.map(({ at }) => at))
    this.#missing = least
    const furthest = good.filter(({ at }) => at === this.#at)
    for (const { expected } of furthest) this.#expected.push(...expected)
    this.#stopped = this.#atCaret && furthest.every(({ stopped }) => stopped)
  }

  #readList(parts: readonly ClausePart[]): void {
    do {
      this.#readParts(parts)
      if (this.#stopped) return
    } while (this.#eat(','))
    if (this.#atCaret) this.#expect({ kind: 'sign', text: ',' })
  }

  #readAnyOrder(options: readonly (readonly ClausePart[])[]): void {
    const left = new Set(options)
    while (!this.#atCaret) {
      const startable = [...left].filter((option) => this.#canStart(option))
      if (startable.length === 0) return
      // Several begin with the same word: the caret is behind it, or the words after it tell them apart.
      this.#followBest(startable.map((option) => this.#tryParts(option)))
      if (this.#stopped) return
      left.delete(startable[0] as readonly ClausePart[])
    }
    for (const option of left) this.#readOptional(option, [])
  }

  #readParentheses(parts: readonly ClausePart[]): void {
    if (this.#atCaret) {
      this.#expect({ kind: 'sign', text: '(' })
      this.#stopped = true
      return
    }
    const opened = this.#eat('(')
    this.#readParts(parts)
    if (opened && !this.#stopped) this.#readSign(')')
  }

  // -------------------------------------------------------------------------------------------------------
  // Slots

  #readSlot(slot: Slot, next: ClausePart | undefined): void {
    switch (slot) {
      case 'dataset':
      case 'table':
        this.#readDataset(slot)
        break
      case 'source-parameters':
        this.#readSourceParameters()
        break
      case 'type':
        this.#readName({ kind: 'type' })
        break
      case 'extractor':
        this.#readExtractor()
        break
      case 'subquery':
        this.#readSubquery()
        break
      case 'row-count':
        this.#readRowCount(next)
        break
      default:
        // The type of a keypath is a part of some clauses, and no cast there.
        this.#readExpression(slot, { endsAtColon: next?.kind === 'sign' && next.sign === ':' })
    }
  }

  #readExpression(slot: Slot, limits: ExpressionLimits): void {
    const before = this.#at
    const read = readExpression(this.#tokens, before, { ...limits, wordOperators: slot === 'condition' })
    this.#follow(read, (place) => ({
      kind: 'expression',
      slot,
      place,
      wordLeftOut: this.#wordLeftOut,
    }))
    if (read.place === null && read.next === before) this.#missing++
  }

  /** An expression that follows may begin with a sign or bracket, so nothing goes on from the number. */
  #readRowCount(next: ClausePart | undefined): void {
    const before = this.#at
    this.#eat('-')
    if (this.#eat('number') || this.#eat('interval')) return
    this.#at = before
    this.#readExpression('row-count', { operandOnly: next?.kind === 'list' })
  }

  #follow(read: ReadExpression, toExpectation: (place: ExpressionPlace) => Expectation): void {
    this.#at = read.next
    if (read.place === null) return
    this.#expect(toExpectation(read.place))
    // Behind a whole operand the expression may have ended.
    this.#stopped = read.place.state !== 'operator' || read.place.outer.length > 0
  }

  #readName(expectation: Expectation): boolean {
    if (this.#atCaret) {
      this.#expect(expectation)
      this.#stopped = true
      return false
    }
    if (this.#eat('name')) return true
    this.#missing++
    return false
  }

  /** A dataset is names and quoted names with slashes, dots or hyphens between. */
  #readDataset(slot: 'dataset' | 'table'): void {
    const from = this.#at
    do {
      if (this.#atCaret) {
        this.#expect({ kind: 'dataset', slot, from })
        this.#stopped = true
        return
      }
      if (!this.#eat('name') && !this.#eat('string') && !this.#eat('number')) {
        this.#missing++
        return
      }
    } while (this.#eat('/') || this.#eat('.') || this.#eat('-'))
  }

  #readSourceParameters(): void {
    if (this.#atCaret || this.#token.kind !== '(') return
    this.#follow(readArguments(this.#tokens, this.#at, ''), (place) => ({
      kind: 'expression',
      slot: 'source-parameters',
      place,
      wordLeftOut: false,
    }))
  }

  #readExtractor(): void {
    if (!this.#readName({ kind: 'extractor' })) return
    const { text } = this.#tokens[this.#at - 1] as Token
    if (this.#atCaret || this.#token.kind !== '(') return
    this.#follow(readArguments(this.#tokens, this.#at, text), (place) => ({
      kind: 'extractor-argument',
      place,
    }))
  }

  /** A sub-query before the caret is whole, or the caret would be in it. */
  #readSubquery(): void {
    if (this.#atCaret) {
      this.#expect({ kind: 'sign', text: '(' })
      this.#stopped = true
      return
    }
    if (this.#token.kind !== '(') {
      this.#missing++
      // A word that is none of the kinds of joins.
      if (this.#tokens[this.#at + 1]?.kind !== '(') return
      this.#at++
    }
    let depth = 0
    do {
      const { kind } = this.#token
      if (kind === '(') depth++
      else if (kind === ')') depth--
      this.#at++
    } while (depth > 0 && !this.#atCaret)
  }

  // -------------------------------------------------------------------------------------------------------
  // Looking ahead

  /** Whether the token at the cursor may be the first of these parts. */
  #canStart(parts: readonly ClausePart[]): boolean {
    const [first, ...rest] = parts
    if (first === undefined) return false
    switch (first.kind) {
      case 'word':
        return this.#atWord(first) || (first.mayBeLeftOut && this.#canStart(rest))
      case 'slot':
        return this.#canStartSlot(first.slot)
      case 'sign':
        return this.#token.kind === first.sign
      case 'optional':
        return this.#canStart(first.parts) || this.#canStart(rest)
      case 'choice':
        return first.choices.some((choice) => this.#canStart(choice))
      case 'any-order':
        return first.options.some((option) => this.#canStart(option))
      case 'list':
        return this.#canStart(first.parts)
      case 'parentheses':
        return this.#token.kind === '('
      case 'unlisted':
        return this.#canStart([first.part, ...rest])
    }
  }

  #atWord({ word, synonyms }: WordPart): boolean {
    return [word, ...synonyms].some((spelling) => {
      const words = spelling.split(' ')
      const count = wordsAt(this.#tokens, this.#at, words)
      return count === words.length || (count > 0 && this.#at + count === this.#tokens.length)
    })
  }

  #canStartSlot(slot: Slot): boolean {
    const { kind } = this.#token
    if (slot === 'source-parameters' || slot === 'subquery') return kind === '('
    if (slot === 'pattern') return kind === 'regex'
    if (slot === 'phrase') return kind === 'string'
    return STARTS_OPERAND.has(kind)
  }

  /** Whether what could begin an optional part is the word after it, or a field with the name of its word. */
  #belongsToRest(parts: readonly ClausePart[], rest: readonly ClausePart[]): boolean {
    const [first] = parts
    const [next] = rest
    if (first?.kind === 'slot') return next?.kind === 'word' && this.#atWord(next)
    const follower = this.#tokens[this.#at + 1]
    const standsAlone = first?.kind === 'word' && parts.length === 1 && next !== undefined
    return standsAlone && follower !== undefined && !STARTS_OPERAND.has(follower.kind)
  }
}
