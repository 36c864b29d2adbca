/** The only door to the language: everything outside `dataprime/` imports from here. */
export {
  ADVICE,
  type AdviceOptions,
  type Improvement,
  type ImprovementCode,
  suggestImprovements,
} from './advice'
export { type AnalyseOptions, analyse, analyseDpxl } from './analyse'

export {
  type Complexity,
  type ComplexityLevel,
  complexityOf,
} from './analysis/complexity'
export { describeQuery, type QueryDescription, type TimeRange } from './analysis/describe-query'
export { fingerprintOf } from './analysis/fingerprint'
export type { ScoreDefinition } from './analysis/score-definition'
export { SCORES } from './analysis/scores'
export { syntaxScore } from './analysis/syntax-score'
export type { ClausePart, Slot, WordPart } from './catalogue/clauses'
export { COMMANDS, type Command, type CommandName } from './catalogue/commands'
export { type KnownSource, SOURCE_PARAMETERS, SOURCES } from './catalogue/datasets'
export { DPXL_FUNCTIONS } from './catalogue/dpxl'
export { EXTRACTORS, type Extractor } from './catalogue/extractors'
export type { CatalogueField, FieldCatalogue } from './catalogue/field-catalogue'
export {
  FIELDS,
  FIELDS_WITH_PATHS,
  type Field,
  type FieldType,
  type FieldWithPath,
  type KnownDataset,
  knownDataset,
} from './catalogue/fields'
export {
  describeSignature,
  FUNCTIONS,
  type FunctionGroup,
  type FunctionKind,
  type FunctionSignature,
  isAggregation,
  type Parameter,
  type ParameterDomain,
  signaturesOf,
  type ValueType,
} from './catalogue/functions'
export { INVENTED_FUNCTIONS, listInventedFunctions } from './catalogue/invented-functions'
export { severityMeant, severitySpellings } from './catalogue/severities'
export { CAST_TYPES, DOUBTFUL_CAST_TYPES, TYPES, type ValueTypeDescription } from './catalogue/types'
export { DATE_UNITS, type LiteralChoice, TIME_UNITS, TIME_ZONES, TIMESTAMP_FORMATS } from './catalogue/units'
export { check } from './check'
export { type Completion, type CompletionKind, complete } from './complete/complete'
export {
  type Diagnostic,
  type DiagnosticCode,
  type DiagnosticSeverity,
  type Fix,
  hasErrors,
  type TextEdit,
} from './diagnostics/diagnostic'
export { type DiagnosticData, renderLines, toDiagnosticData } from './diagnostics/diagnostic-data'
export { DIAGNOSTIC_KINDS, type DiagnosticKind } from './diagnostics/diagnostic-kinds'
export {
  type LspCodeAction,
  type LspDiagnostic,
  type LspPosition,
  type LspRange,
  type LspTextEdit,
  toLspCodeAction,
  toLspDiagnostic,
  toLspRange,
  toLspTextEdit,
} from './diagnostics/lsp'
export { renderBriefly, renderDiagnostic, renderDiagnostics } from './diagnostics/render'
export { createSource, type Position, type Source } from './diagnostics/source'
export { editDistance, isSlipOf } from './diagnostics/suggestion'
export { explain, explainStage, explainStages } from './explain/explain'
export { formatText } from './format/format-text'
export {
  format,
  isIdentifier,
  print,
  printDataset,
  printExpression,
  printSegment,
  printStage,
} from './format/print'
export { REPAIR_FAMILIES, type RepairFamily } from './repair/families'
export { type Repair, type RepairEdit, type RepairOptions, repair } from './repair/repair'
export {
  fieldsBefore,
  type ReadableField,
  type ReadableFields,
} from './scope/fields-before'
export { intervalNanoseconds } from './syntax/interval'
export { type ParseResult, parse, parseDpxl } from './syntax/parser'
export * from './tree/ast'
export * as build from './tree/build'
export { canonicalKeypath, readKeypaths, writtenKeypaths } from './tree/keypaths'
export { sameTree } from './tree/same-tree'
export { showTree } from './tree/show-tree'
export { commandOf } from './tree/stage-command'
export { descend, forEachChild, walk } from './tree/walk'
