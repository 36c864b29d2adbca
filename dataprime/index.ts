/** The only door to the language: everything outside `dataprime/` imports from here. */
export { analyse } from './analyse'
export { type Complexity, type ComplexityLevel, complexityOf } from './analysis/complexity'
export { describeQuery, type QueryDescription, type TimeRange } from './analysis/describe-query'
export { fingerprintOf } from './analysis/fingerprint'
export {
  IMPROVEMENT_CODES,
  type Improvement,
  type ImprovementCode,
  suggestImprovements,
} from './analysis/suggest-improvements'
export { syntaxScore } from './analysis/syntax-score'
export * from './ast'
export * as build from './build'
export { COMMANDS, type Command, type CommandName } from './catalogue/commands'
export { EXTRACTORS, type Extractor } from './catalogue/extractors'
export { FIELDS, type Field, type FieldType, type KnownDataset, knownDataset } from './catalogue/fields'
export {
  arityOf,
  describeSignature,
  FUNCTIONS,
  type FunctionGroup,
  type FunctionKind,
  type FunctionSignature,
  INVENTED_FUNCTIONS,
  isAggregation,
  type Parameter,
  type ParameterDomain,
  signaturesOf,
  type ValueType,
} from './catalogue/functions'
export { severityMeant } from './catalogue/severities'
export { CAST_TYPES } from './catalogue/types'
export { check } from './check'
export {
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticSeverity,
  type Fix,
  hasErrors,
  type TextEdit,
} from './diagnostic'
export { explain, explainStage } from './explain'
export { intervalNanoseconds } from './interval'
export { canonicalKeypath, readKeypaths, writtenKeypaths } from './keypaths'
export { type ParseResult, parse } from './parser'
export { format, isIdentifier, print, printDataset, printExpression, printSegment, printStage } from './print'
export { renderBriefly, renderDiagnostic, renderDiagnostics } from './render'
export { sameTree } from './same-tree'
export { createSource, type Position, type Source } from './source'
export { commandOf } from './stage-command'
export { showTree } from './tree'
export { descend, forEachChild, walk } from './walk'
