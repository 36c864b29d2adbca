/**
 * The syntax tree of a DataPrime query: plain readonly objects told apart by `kind`.
 *
 * Every node carries the range of source text it was read from. Nodes built by a program rather than
 * read from text carry `NO_RANGE` (see `build.ts`). Parentheses, comments and white space are not in the
 * tree: the printer puts parentheses where precedence asks for them, and comments are trivia of the tokens.
 */

/** A half-open range of UTF-16 offsets into the source text. */
export interface TextRange {
  readonly start: number
  readonly end: number
}

/** The range of a node that was not read from any text. */
export const NO_RANGE: TextRange = Object.freeze({ start: 0, end: 0 })

interface NodeBase {
  readonly range: TextRange
}

/** Query = Stage { "|" Stage } */
export interface Query extends NodeBase {
  readonly kind: 'Query'
  readonly stages: readonly Stage[]
}

// ---------------------------------------------------------------------------------------------------------
// Expressions

export type Expression =
  | NumberLiteral
  | StringLiteral
  | InterpolatedString
  | BooleanLiteral
  | NullLiteral
  | IntervalLiteral
  | TimestampLiteral
  | RegexLiteral
  | SeverityLiteral
  | ArrayLiteral
  | ObjectLiteral
  | Keypath
  | MemberExpression
  | CallExpression
  | MethodCallExpression
  | CastExpression
  | UnaryExpression
  | BinaryExpression
  | CaseExpression
  | MissingExpression

/** A number as written; a leading minus belongs to the literal. `value` is NaN when the text is no number, which is reported. */
export interface NumberLiteral extends NodeBase {
  readonly kind: 'NumberLiteral'
  readonly text: string
  readonly value: number
}

/** `'…'` (or, leniently, `"…"`); `value` has its escapes resolved. */
export interface StringLiteral extends NodeBase {
  readonly kind: 'StringLiteral'
  readonly value: string
  readonly quote: 'single' | 'double'
}

/** `` `text {expression} text` ``: literal text and expressions in turn, in source order. */
export interface InterpolatedString extends NodeBase {
  readonly kind: 'InterpolatedString'
  readonly parts: readonly (string | Expression)[]
}

export interface BooleanLiteral extends NodeBase {
  readonly kind: 'BooleanLiteral'
  readonly value: boolean
}

export interface NullLiteral extends NodeBase {
  readonly kind: 'NullLiteral'
}

/** `1d12h`, `-3d`: `text` as written, `nanoseconds` its signed length. */
export interface IntervalLiteral extends NodeBase {
  readonly kind: 'IntervalLiteral'
  readonly text: string
  readonly nanoseconds: number
}

/** `@'now'`, `@1740816000`, `@(expression)`. */
export interface TimestampLiteral extends NodeBase {
  readonly kind: 'TimestampLiteral'
  readonly operand: Expression
  /** Set on `@(number)`, which counts nanoseconds; `@number` counts seconds to nanoseconds by its digits. */
  readonly inNanoseconds?: true
}

/** `/…/`: `pattern` is the text between the slashes, `\/` still escaped. */
export interface RegexLiteral extends NodeBase {
  readonly kind: 'RegexLiteral'
  readonly pattern: string
}

export const SEVERITIES = ['VERBOSE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const
export type Severity = (typeof SEVERITIES)[number]

/** A bare severity constant. */
export interface SeverityLiteral extends NodeBase {
  readonly kind: 'SeverityLiteral'
  readonly value: Severity
}

export interface ArrayLiteral extends NodeBase {
  readonly kind: 'ArrayLiteral'
  readonly elements: readonly Expression[]
}

/** `{ 'key': value }`; named once in the documentation and never shown, so parsed leniently. */
export interface ObjectLiteral extends NodeBase {
  readonly kind: 'ObjectLiteral'
  readonly entries: readonly { readonly key: string; readonly value: Expression }[]
}

export const NAMESPACES = ['$d', '$m', '$l', '$p'] as const
export type Namespace = (typeof NAMESPACES)[number]

/** `.name`, `['name']`: one step down by key. Both spellings give the same node. */
export interface NameSegment extends NodeBase {
  readonly kind: 'NameSegment'
  readonly name: string
}

/** `[0]`, `[$p.field]`: one step down by a computed key or an array index. */
export interface IndexSegment extends NodeBase {
  readonly kind: 'IndexSegment'
  readonly index: Expression
}

export type Segment = NameSegment | IndexSegment

/**
 * `$d.order.items`, `status`, `$d`: a namespace, then segments. `namespace` is null when it is not written
 * (it then means `$d`). The long forms `$data`, `$metadata`, `$labels` are read as `$d`, `$m`, `$l`.
 * A keypath has a namespace or at least one segment; one that the text lacks where it is required has
 * neither, and is always accompanied by a diagnostic.
 */
export interface Keypath extends NodeBase {
  readonly kind: 'Keypath'
  readonly namespace: Namespace | null
  readonly segments: readonly Segment[]
}

/** `f(x).name`, `(expression)[0]`: a step down from something that is not itself a keypath. */
export interface MemberExpression extends NodeBase {
  readonly kind: 'MemberExpression'
  readonly object: Expression
  readonly segment: Segment
}

export interface Argument extends NodeBase {
  readonly kind: 'Argument'
  /** `name=` of a named argument, null for a positional one. */
  readonly name: string | null
  readonly value: Expression
}

/** `name(arguments)` */
export interface CallExpression extends NodeBase {
  readonly kind: 'CallExpression'
  readonly name: string
  readonly nameRange: TextRange
  readonly arguments: readonly Argument[]
}

/** `target.name(arguments)` */
export interface MethodCallExpression extends NodeBase {
  readonly kind: 'MethodCallExpression'
  readonly target: Expression
  readonly name: string
  readonly nameRange: TextRange
  readonly arguments: readonly Argument[]
}

/** `expression:type`; the type name as written. */
export interface CastExpression extends NodeBase {
  readonly kind: 'CastExpression'
  readonly expression: Expression
  readonly type: string
  readonly typeRange: TextRange
}

export type UnaryOperator = '!' | '-'

export interface UnaryExpression extends NodeBase {
  readonly kind: 'UnaryExpression'
  readonly operator: UnaryOperator
  readonly operand: Expression
}

export type BinaryOperator =
  | '||'
  | '&&'
  | '=='
  | '!='
  | '~'
  | '~~'
  | '<'
  | '<='
  | '>'
  | '>='
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'

export interface BinaryExpression extends NodeBase {
  readonly kind: 'BinaryExpression'
  readonly operator: BinaryOperator
  readonly operatorRange: TextRange
  readonly left: Expression
  readonly right: Expression
}

export const CASE_FORMS = [
  'case',
  'case_equals',
  'case_contains',
  'case_greaterthan',
  'case_lessthan',
  'case_find',
] as const
export type CaseForm = (typeof CASE_FORMS)[number]

/** One `pattern -> value`; `pattern` is null for the default arm `_`. */
export interface CaseArm extends NodeBase {
  readonly kind: 'CaseArm'
  readonly pattern: Expression | null
  readonly value: Expression
}

/** `case { … }` and its forms with a subject; `subject` is null for plain `case`. */
export interface CaseExpression extends NodeBase {
  readonly kind: 'CaseExpression'
  readonly form: CaseForm
  readonly subject: Expression | null
  readonly arms: readonly CaseArm[]
}

/** Stands where an expression was expected and none was found; always accompanied by a diagnostic. */
export interface MissingExpression extends NodeBase {
  readonly kind: 'MissingExpression'
}

// ---------------------------------------------------------------------------------------------------------
// Stages

export type Stage =
  | SourceStage
  | FilterStage
  | BlockStage
  | FindStage
  | WildfindStage
  | LuceneStage
  | GroupbyStage
  | MultigroupbyStage
  | AggregateStage
  | CountStage
  | CountbyStage
  | DistinctStage
  | DedupebyStage
  | TopStage
  | OrderbyStage
  | LimitStage
  | ChooseStage
  | CreateStage
  | ReplaceStage
  | RemoveStage
  | MoveStage
  | RedactStage
  | ConvertStage
  | RoundtimeStage
  | ExplodeStage
  | ExtractStage
  | EnrichStage
  | JoinStage
  | UnionStage
  | StitchStage
  | DpxlStage
  | UnknownStage

interface StageBase extends NodeBase {
  /** Range of the command word (both words of `order by`). */
  readonly keywordRange: TextRange
}

/** `expression [as keypath]` */
export interface AliasedExpression extends NodeBase {
  readonly kind: 'AliasedExpression'
  readonly expression: Expression
  readonly alias: Keypath | null
}

export type SortDirection = 'asc' | 'desc'

/** `expression [asc|desc]`; `direction` is null when not written (ascending). */
export interface OrderKey extends NodeBase {
  readonly kind: 'OrderKey'
  readonly expression: Expression
  readonly direction: SortDirection | null
}

/** `[dataspace "/"] name`; `name` keeps its dots, `system/"a.b"` and `system/a.b` give the same node. Empty when missing. */
export interface Dataset extends NodeBase {
  readonly kind: 'Dataset'
  readonly dataspace: string | null
  readonly name: string
}

export type Timeframe = AroundTimeframe | BetweenTimeframe | LastTimeframe | TimeshiftedTimeframe

export interface AroundTimeframe extends NodeBase {
  readonly kind: 'AroundTimeframe'
  readonly time: Expression
  readonly interval: Expression | null
}

export interface BetweenTimeframe extends NodeBase {
  readonly kind: 'BetweenTimeframe'
  readonly from: Expression
  readonly to: Expression
}

export interface LastTimeframe extends NodeBase {
  readonly kind: 'LastTimeframe'
  readonly interval: Expression
}

export interface TimeshiftedTimeframe extends NodeBase {
  readonly kind: 'TimeshiftedTimeframe'
  readonly interval: Expression
}

/** Source = ("source" | "from") Dataset [ "(" name "=" value { "," … } ")" ] [ Timeframe ] */
export interface SourceStage extends StageBase {
  readonly kind: 'SourceStage'
  readonly dataset: Dataset
  readonly parameters: readonly Argument[]
  readonly timeframe: Timeframe | null
}

/** Filter = ("filter" | "f" | "where") Expression */
export interface FilterStage extends StageBase {
  readonly kind: 'FilterStage'
  readonly predicate: Expression
}

/** Block = "block" Expression; keeps the rows for which the predicate is not true. */
export interface BlockStage extends StageBase {
  readonly kind: 'BlockStage'
  readonly predicate: Expression
}

/** Find = ("find" | "text") String "in" Keypath */
export interface FindStage extends StageBase {
  readonly kind: 'FindStage'
  readonly phrase: Expression
  readonly target: Expression
}

/** Wildfind = ("wildfind" | "wildtext") String */
export interface WildfindStage extends StageBase {
  readonly kind: 'WildfindStage'
  readonly phrase: Expression
}

/** Lucene = "lucene" String */
export interface LuceneStage extends StageBase {
  readonly kind: 'LuceneStage'
  readonly text: Expression
}

/** Groupby = "groupby" Aliased {"," Aliased} [ ["aggregate" | "agg" | "calculate" | "calc"] Aliased {"," Aliased} ] */
export interface GroupbyStage extends StageBase {
  readonly kind: 'GroupbyStage'
  readonly keys: readonly AliasedExpression[]
  readonly aggregates: readonly AliasedExpression[]
}

/** Multigroupby = "multigroupby" "(" Aliased … ")" {"," "(" … ")"} [keyword] Aliased {"," Aliased} */
export interface MultigroupbyStage extends StageBase {
  readonly kind: 'MultigroupbyStage'
  readonly groups: readonly (readonly AliasedExpression[])[]
  readonly aggregates: readonly AliasedExpression[]
}

/** Aggregate = ("aggregate" | "agg") Aliased {"," Aliased} */
export interface AggregateStage extends StageBase {
  readonly kind: 'AggregateStage'
  readonly aggregates: readonly AliasedExpression[]
}

/** Count = "count" ["into" Keypath] */
export interface CountStage extends StageBase {
  readonly kind: 'CountStage'
  readonly into: Keypath | null
}

/** Countby = "countby" Aliased {"," Aliased} ["into" Keypath] ["asc" | "desc"] */
export interface CountbyStage extends StageBase {
  readonly kind: 'CountbyStage'
  readonly keys: readonly AliasedExpression[]
  readonly into: Keypath | null
  readonly direction: SortDirection | null
}

/** Distinct = "distinct" Aliased {"," Aliased} */
export interface DistinctStage extends StageBase {
  readonly kind: 'DistinctStage'
  readonly keys: readonly AliasedExpression[]
}

/** Dedupeby = "dedupeby" Expression {","…} ["keep" N] ["orderby" OrderKey {","…}] */
export interface DedupebyStage extends StageBase {
  readonly kind: 'DedupebyStage'
  readonly keys: readonly Expression[]
  readonly keep: Expression | null
  readonly orderBy: readonly OrderKey[]
}

/** Top = ("top" | "bottom") N Aliased {","…} "by" Aliased {","…} */
export interface TopStage extends StageBase {
  readonly kind: 'TopStage'
  readonly end: 'top' | 'bottom'
  readonly count: Expression
  readonly results: readonly AliasedExpression[]
  readonly by: readonly AliasedExpression[]
}

/** Orderby = ("orderby" | "sortby" | "order" "by" | "sort" "by") OrderKey {"," OrderKey} */
export interface OrderbyStage extends StageBase {
  readonly kind: 'OrderbyStage'
  readonly keys: readonly OrderKey[]
}

/** Limit = "limit" N */
export interface LimitStage extends StageBase {
  readonly kind: 'LimitStage'
  readonly count: Expression
}

/** Choose = ("choose" | "select") Aliased {"," Aliased} */
export interface ChooseStage extends StageBase {
  readonly kind: 'ChooseStage'
  readonly fields: readonly AliasedExpression[]
}

/** Create = ("create" | "add" | "a" | "c") (Keypath "from" Expression {OnClause} | Expression "as" Keypath) */
export interface CreateStage extends StageBase {
  readonly kind: 'CreateStage'
  readonly target: Keypath
  readonly value: Expression
  readonly form: 'from' | 'as'
  readonly onKeypathExists: 'fail' | 'skip' | 'overwrite' | null
  readonly onKeypathMissing: 'fail' | 'create' | 'skip' | null
  readonly onDatatypeChanged: 'skip' | 'fail' | 'overwrite' | null
}

/** Replace = "replace" Keypath "with" Expression ["on" "datatype" "changed" (…)] */
export interface ReplaceStage extends StageBase {
  readonly kind: 'ReplaceStage'
  readonly target: Keypath
  readonly value: Expression
  readonly onDatatypeChanged: 'skip' | 'fail' | 'overwrite' | null
}

/** Remove = ("remove" | "r") Keypath {"," Keypath} */
export interface RemoveStage extends StageBase {
  readonly kind: 'RemoveStage'
  readonly keypaths: readonly Expression[]
}

/** Move = ("move" | "m") Keypath "to" Keypath */
export interface MoveStage extends StageBase {
  readonly kind: 'MoveStage'
  readonly from: Keypath
  readonly to: Keypath
}

/** Redact = "redact" Keypath ["matching"] (Regex | String) "to" String */
export interface RedactStage extends StageBase {
  readonly kind: 'RedactStage'
  readonly target: Keypath
  readonly pattern: Expression
  readonly replacement: Expression
}

/** `keypath:type` of `convert` and of extract's `datatypes`. */
export interface TypedKeypath extends NodeBase {
  readonly kind: 'TypedKeypath'
  readonly keypath: Keypath
  readonly type: string
  readonly typeRange: TextRange
}

/** Convert = ("convert" | "conv") ["datatypes"] Keypath ":" type {","…} */
export interface ConvertStage extends StageBase {
  readonly kind: 'ConvertStage'
  readonly conversions: readonly TypedKeypath[]
}

/** Roundtime = "roundtime" [Expression] "to" Interval ["into" Keypath] */
export interface RoundtimeStage extends StageBase {
  readonly kind: 'RoundtimeStage'
  readonly time: Expression | null
  readonly interval: Expression
  readonly into: Keypath | null
}

/** Explode = "explode" Expression "into" Keypath ["original" ("discard" | "preserve")] */
export interface ExplodeStage extends StageBase {
  readonly kind: 'ExplodeStage'
  readonly array: Expression
  readonly into: Keypath
  readonly original: 'discard' | 'preserve' | null
}

/** Extract = ("extract" | "e") Expression "into" Keypath "using" Extractor ["datatypes" Keypath ":" type {","…}] */
export interface ExtractStage extends StageBase {
  readonly kind: 'ExtractStage'
  readonly subject: Expression
  readonly into: Keypath
  readonly extractor: CallExpression
  readonly datatypes: readonly TypedKeypath[]
}

/** Enrich = "enrich" Expression "into" Keypath "using" Table */
export interface EnrichStage extends StageBase {
  readonly kind: 'EnrichStage'
  readonly key: Expression
  readonly into: Keypath
  readonly table: Dataset
}

/** `left=>keypath`, `right=>keypath` or a plain keypath in a join condition. */
export interface JoinOperand extends NodeBase {
  readonly kind: 'JoinOperand'
  readonly side: 'left' | 'right' | null
  readonly expression: Expression
}

/** One `operand == operand`; several are joined by `&&`. */
export interface JoinCondition extends NodeBase {
  readonly kind: 'JoinCondition'
  readonly left: JoinOperand
  readonly right: JoinOperand
}

/** Join = "join" ["left" | "inner" | "full" | "cross"] "(" Query ")" ["on" Condition | "using" Keypath {","…}] "into" Keypath */
export interface JoinStage extends StageBase {
  readonly kind: 'JoinStage'
  readonly join: 'left' | 'inner' | 'full' | 'cross' | 'right' | null
  readonly query: Query
  readonly on: readonly JoinCondition[]
  readonly using: readonly Expression[]
  readonly into: Keypath
}

/** Union = "union" "(" Query ")" */
export interface UnionStage extends StageBase {
  readonly kind: 'UnionStage'
  readonly query: Query
}

/** Stitch = "stitch" "(" Query ")" "into" Keypath ["merge"] */
export interface StitchStage extends StageBase {
  readonly kind: 'StitchStage'
  readonly query: Query
  readonly into: Keypath
  readonly merge: boolean
}

/**
 * Dpxl = "<v1>" Expression: a condition on single records, as scopes and policies take it. It is the only
 * stage of its query and has no command.
 */
export interface DpxlStage extends StageBase {
  readonly kind: 'DpxlStage'
  /** The word between the angle brackets. */
  readonly version: string
  readonly predicate: Expression
}

/** A stage whose command word is not known, or that is empty; the parser goes on after the next `|`. */
export interface UnknownStage extends StageBase {
  readonly kind: 'UnknownStage'
  readonly text: string
}

export type Node =
  | Query
  | Stage
  | Expression
  | Segment
  | Argument
  | CaseArm
  | AliasedExpression
  | OrderKey
  | Dataset
  | Timeframe
  | TypedKeypath
  | JoinCondition
  | JoinOperand
