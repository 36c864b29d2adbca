import type { AnalyseOptions } from '../analyse'
import type { Diagnostic, Report } from '../diagnostics/diagnostic'
import { createDiagnosticList } from '../diagnostics/diagnostic-list'
import type { Query } from '../tree/ast'
import { checkAggregationPlace } from './aggregation-place'
import { checkArgumentCount } from './argument-count'
import { checkArgumentTypes } from './argument-types'
import { checkArithmeticTypes } from './arithmetic-types'
import { checkBareField } from './bare-field'
import { checkBareSeverity } from './bare-severity'
import { checkCaseKeys } from './case-keys'
import { checkCastType } from './cast-type'
import { createCheckContext, type ReadText, type Rule } from './check-context'
import { checkComparisonTypes } from './comparison-types'
import { checkCondition } from './condition'
import { checkCountOfComparison } from './count-of-comparison'
import { checkDeadKeypath } from './dead-keypath'
import { checkDeprecatedFunction } from './deprecated-function'
import { checkDpxl } from './dpxl'
import { checkDuplicateName } from './duplicate-name'
import { checkExplodedArray } from './exploded-array'
import { checkExtractor } from './extractor'
import { checkField } from './field'
import { checkFindTarget } from './find-target'
import { checkGroupingThenAggregate } from './grouping-then-aggregate'
import { checkHyphenatedName } from './hyphenated-name'
import { checkIndexCompared } from './index-compared'
import { checkIntervalArgument } from './interval-argument'
import { checkJoin } from './join'
import { checkJoinTypes } from './join-types'
import { checkLiteralArgument } from './literal-argument'
import { checkMembershipTypes } from './membership-types'
import { checkMissingAggregation } from './missing-aggregation'
import { checkNamedArgument } from './named-argument'
import { checkNamelessGroup } from './nameless-group'
import { checkPercentile } from './percentile'
import { checkPhrase } from './phrase'
import { checkQuotedPattern } from './quoted-pattern'
import { checkRangeTimes } from './range-times'
import { checkRowCount } from './row-count'
import { checkSeverity } from './severity'
import { checkSmallArgument } from './small-argument'
import { checkSortKey } from './sort-key'
import { checkSourceName } from './source-name'
import { checkSourceParameter } from './source-parameter'
import { checkSourcePlace } from './source-place'
import { checkStageLimit } from './stage-limit'
import { checkStringAddition } from './string-addition'
import { checkTemplateDollar } from './template-dollar'
import { checkTimeframe } from './timeframe'
import { checkTimeframeField } from './timeframe-field'
import { checkTimestampLiteral } from './timestamp-literal'
import { checkUngroupedKeypath } from './ungrouped-keypath'
import { checkUnknownFunction } from './unknown-function'

/** The rules in the order they run; of several diagnostics at one place the earlier rule's stands first. */
const RULES: readonly Rule[] = [
  checkSourcePlace,
  checkTimeframe,
  checkRangeTimes,
  checkTimeframeField,
  checkTimestampLiteral,
  checkSourceName,
  checkSourceParameter,
  checkRowCount,
  checkUnknownFunction,
  checkArgumentCount,
  checkNamedArgument,
  checkExtractor,
  checkCastType,
  checkAggregationPlace,
  checkMissingAggregation,
  checkPercentile,
  checkCountOfComparison,
  checkGroupingThenAggregate,
  checkDuplicateName,
  checkNamelessGroup,
  checkStageLimit,
  checkJoin,
  checkField,
  checkDeadKeypath,
  checkSeverity,
  checkBareSeverity,
  checkBareField,
  checkHyphenatedName,
  checkStringAddition,
  checkComparisonTypes,
  checkMembershipTypes,
  checkArithmeticTypes,
  checkCondition,
  checkPhrase,
  checkFindTarget,
  checkIndexCompared,
  checkCaseKeys,
  checkSmallArgument,
  checkQuotedPattern,
  checkTemplateDollar,
  checkIntervalArgument,
  checkLiteralArgument,
  checkArgumentTypes,
  checkSortKey,
  checkExplodedArray,
  checkUngroupedKeypath,
  checkJoinTypes,
  checkDeprecatedFunction,
  checkDpxl,
]

/** What is wrong with the meaning of a query, in the order of the text. Mistakes of form are `parse`'s to report. */
export function check(query: Query): readonly Diagnostic[] {
  const diagnostics = createDiagnosticList()
  runRules(query, diagnostics.report)
  return diagnostics.finish()
}

/** The same as `check`, with the diagnostics handed to `report` as they are found. */
export function runRules(
  query: Query,
  report: Report,
  options: AnalyseOptions = {},
  read: ReadText = {},
): void {
  const context = createCheckContext(query, report, options, read)
  for (const rule of RULES) rule(context)
}
