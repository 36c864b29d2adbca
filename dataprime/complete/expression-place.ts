/**
 * Where in an expression the caret stands, read from the tokens before it. The grammar of expressions says
 * what may be open and what the caret comes after; whether the text is right so far is of no account, so
 * one look at each token is enough.
 */

import { signaturesOf } from '../catalogue/functions'
import { BINARY_PRECEDENCE } from '../syntax/precedence'
import { STARTS_OPERAND } from '../syntax/token-stream'
import { FOREIGN_PUNCTUATION, type Token, type TokenKind } from '../syntax/tokens'
import { CASE_FORMS } from '../tree/ast'

/** A range of tokens, the last exclusive. */
export interface TokenSpan {
  readonly from: number
  readonly to: number
}

export type FrameKind =
  | 'whole'
  | 'group'
  | 'call'
  | 'array'
  /** The brackets behind an operand: a key or an index. */
  | 'index'
  | 'case'
  | 'object'
  | 'template'

/** One level of brackets, the outermost being the expression itself. */
export interface Frame {
  readonly kind: FrameKind
  /** The function that is called, or the form of a case block. */
  readonly name: string
  /** What a method is called on, or what the brackets stand behind. */
  readonly target: TokenSpan | null
  /** How many commas there were, the name of the argument, and the operand it began with. */
  argument: number
  argumentName: string | null
  firstArgument: TokenSpan | null
  /** Whether the arrow of an arm has been read. */
  arrowSeen: boolean
  /** Where the operand at hand begins, the sign before it and the operand before that. */
  operandFrom: number
  operator: TokenKind | null
  left: TokenSpan | null
  /** Whether there is a comparison since the last `&&` or `||`. */
  compared: boolean
}

/** What the caret comes after. */
export type ExpressionState =
  /** Where an operand may begin. */
  | 'operand'
  /** Behind an operand. */
  | 'operator'
  /** Behind the dot after an operand. */
  | 'member'
  /** Behind the colon of a cast. */
  | 'type'
  /** Behind "@". */
  | 'timestamp'

export interface ExpressionPlace {
  readonly state: ExpressionState
  readonly frame: Frame
  /** The operand the caret comes after; empty where one may begin. */
  readonly operand: TokenSpan
  /** The brackets around the frame, the innermost last. */
  readonly outer: readonly Frame[]
}

export interface ReadExpression {
  /** The index of the first token that does not belong to the expression. */
  readonly next: number
  /** Where the caret stands, when the tokens end before the expression is known to have ended. */
  readonly place: ExpressionPlace | null
}

export interface ExpressionLimits {
  /** A colon ends the expression: where a command wants a type of its own behind a keypath. */
  readonly endsAtColon?: boolean
  /**
   * An operator begins the next expression, and so does a parenthesis behind a blank, unless the name before it
   * is that of a function.
   */
  readonly operandOnly?: boolean
  /** "and", "or" and "not" are taken for the operators they are meant for; they always are within brackets. */
  readonly wordOperators?: boolean
}

/** Reads the expression that begins at a token, as far as it goes or up to the caret behind the last token. */
export function readExpression(
  tokens: readonly Token[],
  from: number,
  limits: ExpressionLimits = {},
): ReadExpression {
  return new ExpressionReader(tokens, from, limits).read()
}

/** Reads the arguments of a call or an extractor, with the opening parenthesis at `from`. */
export function readArguments(tokens: readonly Token[], from: number, name: string): ReadExpression {
  const reader = new ExpressionReader(tokens, from, {})
  reader.open('call', name, null)
  return reader.read()
}

const CASE_WORDS: ReadonlySet<string> = new Set(CASE_FORMS)

const COMPARISONS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  '==',
  '!=',
  '~',
  '~~',
  '<',
  '<=',
  '>',
  '>=',
  '=',
])

class ExpressionReader {
  readonly #tokens: readonly Token[]
  readonly #limits: ExpressionLimits
  readonly #outer: Frame[] = []
  #frame: Frame
  #at: number
  #state: ExpressionState = 'operand'

  constructor(tokens: readonly Token[], from: number, limits: ExpressionLimits) {
    this.#tokens = tokens
    this.#limits = limits
    this.#at = from
    this.#frame = newFrame('whole', '', null, from)
  }

  read(): ReadExpression {
    while (this.#at < this.#tokens.length) {
      if (!this.#take(this.#tokens[this.#at] as Token)) return { next: this.#at, place: null }
    }
    return { next: this.#at, place: this.#place() }
  }

  #place(): ExpressionPlace {
    const { operandFrom } = this.#frame
    const behindSign = this.#state === 'member' || this.#state === 'type'
    const to = this.#state === 'operand' ? operandFrom : behindSign ? this.#at - 1 : this.#at
    return {
      state: this.#state,
      frame: this.#frame,
      operand: { from: operandFrom, to },
      outer: this.#outer,
    }
  }

  get #whole(): boolean {
    return this.#outer.length === 0
  }

  #kindAhead(ahead: number): TokenKind | undefined {
    return this.#tokens[this.#at + ahead]?.kind
  }

  /** Goes one level down, with the opening bracket at the cursor. */
  open(kind: FrameKind, name: string, target: TokenSpan | null): void {
    this.#outer.push(this.#frame)
    this.#at++
    this.#frame = newFrame(kind, name, target, this.#at)
    this.#state = 'operand'
  }

  #close(): void {
    this.#frame = this.#outer.pop() as Frame
    this.#at++
    this.#state = 'operator'
  }

  /** Takes the token at the cursor, or answers that the expression has ended before it. */
  #take(token: Token): boolean {
    if (this.#takeCloser(token.kind)) return true
    if (this.#whole && isOuterSign(token.kind)) return false
    if (token.kind === ',') return this.#takeComma()
    if (this.#takeWordOperator(token)) return true
    switch (this.#state) {
      case 'operand':
      case 'timestamp':
        return this.#takeOperand(token)
      case 'operator':
        return this.#takeAfterOperand(token)
      case 'member':
        return this.#takeMember(token)
      case 'type':
        return this.#takeType(token)
    }
  }

  /** Words of other languages, where no clause can go on with them. */
  #takeWordOperator({ kind, text }: Token): boolean {
    if (kind !== 'name' || text.length > 3 || (this.#whole && !this.#limits.wordOperators)) return false
    const word = text.toLowerCase()
    if (this.#state === 'operator' && (word === 'and' || word === 'or')) {
      return this.#takeOperator(word === 'and' ? '&&' : '||')
    }
    // A field may be called "not", but then something goes on from it.
    const ahead = this.#kindAhead(1)
    if (this.#state !== 'operand' || word !== 'not') return false
    if (ahead !== undefined && !STARTS_OPERAND.has(ahead)) return false
    this.#at++
    return true
  }

  #takeCloser(kind: TokenKind): boolean {
    if (this.#whole || !CLOSERS.has(kind)) return false
    this.#close()
    return true
  }

  #takeComma(): boolean {
    const frame = this.#frame
    if (frame.argument === 0) frame.firstArgument = { from: frame.operandFrom, to: this.#at }
    frame.argument++
    frame.argumentName = null
    frame.arrowSeen = false
    this.#at++
    this.#beginOperand(null, null)
    frame.compared = false
    return true
  }

  #beginOperand(operator: TokenKind | null, left: TokenSpan | null): void {
    this.#state = 'operand'
    this.#frame.operandFrom = this.#at
    this.#frame.operator = operator
    this.#frame.left = left
  }

  #endOperand(): boolean {
    this.#at++
    this.#state = 'operator'
    return true
  }

  #takeOperand(token: Token): boolean {
    switch (token.kind) {
      case 'name':
        return this.#takeName(token)
      case '(':
        this.open('group', '', null)
        return true
      case '[':
        this.open('array', '', null)
        return true
      case '{':
        this.open('object', '', null)
        return true
      case 'template-start':
      case 'template-text':
        this.#at++
        return true
      case 'template-open':
        return this.#openTemplate()
      case '@':
        this.#at++
        this.#state = 'timestamp'
        return true
      case '!':
      case '-':
      case '+':
        this.#at++
        return true
      default:
        // Any other sign is skipped: the operand is still to come.
        if (OPERANDS.has(token.kind)) this.#endOperand()
        else this.#at++
        return true
    }
  }

  #openTemplate(): boolean {
    this.open('template', '', null)
    return true
  }

  /** Whether the name at the cursor is that of a function or method that is called. */
  #atCall({ text, end }: Token): boolean {
    const next = this.#tokens[this.#at + 1]
    if (next?.kind !== '(') return false
    const endsBefore = this.#whole && this.#limits.operandOnly === true && next.start > end
    return !endsBefore || signaturesOf(text).length > 0
  }

  #takeName(token: Token): boolean {
    const { text } = token
    const next = this.#kindAhead(1)
    if (this.#atCall(token)) {
      this.#at++
      this.open('call', text, null)
      return true
    }
    if (next === '{' && CASE_WORDS.has(text)) {
      this.#at++
      this.open('case', text, null)
      return true
    }
    if (next === '=' && this.#frame.kind === 'call') {
      this.#frame.argumentName = text
      this.#at += 2
      this.#beginOperand(null, null)
      return true
    }
    if (next === '=>') {
      this.#at += 2
      this.#frame.operandFrom = this.#at
      return true
    }
    return this.#endOperand()
  }

  #takeAfterOperand({ kind }: Token): boolean {
    switch (kind) {
      case '.':
        this.#at++
        this.#state = 'member'
        return true
      case '[':
        this.open('index', '', { from: this.#frame.operandFrom, to: this.#at })
        return true
      case ':':
        if (this.#whole && this.#limits.endsAtColon) return false
        this.#at++
        this.#state = this.#frame.kind === 'object' ? 'operand' : 'type'
        return true
      case 'template-text':
      case 'template-end':
        this.#at++
        return true
      case 'template-open':
        return this.#openTemplate()
      default:
        return this.#takeOperator(kind)
    }
  }

  #takeOperator(kind: TokenKind): boolean {
    const frame = this.#frame
    if (this.#whole && this.#limits.operandOnly) return false
    if (!isOperator(kind) && kind !== '->') return this.#takeUnexpected()
    const left = { from: frame.operandFrom, to: this.#at }
    if (kind === '->') frame.arrowSeen = true
    if (kind === '&&' || kind === '||' || kind === '->') frame.compared = false
    else if (COMPARISONS.has(kind)) frame.compared = true
    this.#at++
    this.#beginOperand(kind, left)
    return true
  }

  /** Behind an operand the expression ends at what cannot go on from it; within brackets an operator is taken to be missing. */
  #takeUnexpected(): boolean {
    if (this.#whole) return false
    this.#frame.operandFrom = this.#at
    this.#state = 'operand'
    return this.#takeOperand(this.#tokens[this.#at] as Token)
  }

  #takeMember(token: Token): boolean {
    const { kind, text } = token
    if (kind === 'name' && this.#atCall(token)) {
      const target = { from: this.#frame.operandFrom, to: this.#at - 1 }
      this.#at++
      this.open('call', text, target)
      return true
    }
    if (kind === 'name' || kind === 'string' || kind === 'number') return this.#endOperand()
    this.#state = 'operator'
    return true
  }

  #takeType({ kind }: Token): boolean {
    if (kind === 'name') return this.#endOperand()
    this.#state = 'operator'
    return true
  }
}

function newFrame(kind: FrameKind, name: string, target: TokenSpan | null, operandFrom: number): Frame {
  return {
    kind,
    name,
    target,
    argument: 0,
    argumentName: null,
    firstArgument: null,
    arrowSeen: false,
    operandFrom,
    operator: null,
    left: null,
    compared: false,
  }
}

const CLOSERS: ReadonlySet<TokenKind> = new Set<TokenKind>([')', ']', '}', 'template-close'])

/** What ends an expression that stands in no brackets. */
function isOuterSign(kind: TokenKind): boolean {
  return kind === ',' || kind === '|' || kind === ';' || kind === 'end' || CLOSERS.has(kind)
}

/** Tokens that are an operand, or the last of one. */
const OPERANDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'namespace',
  'number',
  'interval',
  'string',
  'regex',
  'template-end',
  'bad',
])

/** Operators of other languages stand between operands as well. */
const FOREIGN_OPERATORS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  '=',
  ...FOREIGN_PUNCTUATION.filter((sign) => sign !== ';'),
])

function isOperator(kind: TokenKind): boolean {
  return kind in BINARY_PRECEDENCE || FOREIGN_OPERATORS.has(kind)
}
