import { isFilter } from '../../analysis/describe-query'
import type { CatalogueField, FieldCatalogue } from '../../catalogue/field-catalogue'
import { knownDataset } from '../../catalogue/fields'
import { printExpression } from '../../format/print'
import { parse } from '../../syntax/parser'
import type { BinaryExpression, Expression, FindStage, Keypath, Node, Stage } from '../../tree/ast'
import { stage as buildStage } from '../../tree/build'
import { canonicalKeypath, readKeypaths, replacesRows } from '../../tree/keypaths'
import { nodesOf } from '../../tree/walk'
import { defineAdvice } from '../advice'
import { replaced, replaceExpressions } from '../edit-stages'
import { isMessage, isMessageName } from '../field-names'
import { changedKeypaths, independent } from '../stage-effects'

export const searchEverywhere = defineAdvice(
  'search-everywhere',
  'Every field is searched for a text that one field would be searched for.',
  ({ stages, catalogue }) =>
    stages.flatMap((stage, index) => {
      const form = searchOf(stage)
      if (form === undefined) return []
      const field = textField(stages, index) ?? onlyMessage(stages, index, catalogue)
      const inField = field && searchIn(field, stage)
      return [
        field === undefined || inField === undefined
          ? { index, message: messageWithoutField(form) }
          : { index, message: messageWith(form, field), stages: replaced(stages, index, inField) },
      ]
    }),
)

const IN_FIELD = { wildfind: "find '…' in field", '$d ~~': "field ~ '…'" } as const

type SearchForm = keyof typeof IN_FIELD

function searchOf(stage: Stage): SearchForm | undefined {
  if (stage.kind === 'WildfindStage') return 'wildfind'
  return nodesOf(stage).some(isSearchOfAll) ? '$d ~~' : undefined
}

function messageWithoutField(form: SearchForm): string {
  return `${form} searches every field; where the field is known, ${IN_FIELD[form]} reads one`
}

function messageWith(form: SearchForm, field: Keypath): string {
  return `${form} searches every field; the text seems to stand in "${printExpression(field)}", and a search of that alone reads one field and finds nothing elsewhere`
}

function isSearchOfAll(node: Node): node is BinaryExpression {
  return (
    node.kind === 'BinaryExpression' &&
    node.operator === '~~' &&
    node.left.kind === 'Keypath' &&
    node.left.namespace === '$d' &&
    node.left.segments.length === 0
  )
}

/** The same search in one field; undefined where the phrase may be a pattern, which no search of a field takes. */
function searchIn(field: Keypath, stage: Stage): Stage | undefined {
  if (stage.kind === 'WildfindStage') {
    return isPlainPhrase(stage.phrase)
      ? buildStage<FindStage>({ kind: 'FindStage', phrase: stage.phrase, target: field })
      : undefined
  }
  if (nodesOf(stage).some((node) => isSearchOfAll(node) && !isPlainPhrase(node.right))) return undefined
  return replaceExpressions(stage, (node) =>
    isSearchOfAll(node) ? { ...node, operator: '~', left: field } : undefined,
  )
}

function isPlainPhrase(phrase: Expression): boolean {
  return phrase.kind === 'StringLiteral' && !/[*?]/.test(phrase.value)
}

/**
 * The one field that the query itself treats as its text: the only one it searches or takes apart, else the
 * only one it reads whose name says that it is the message. Undefined when there are several or none, or
 * when the field was not yet there at the stage.
 */
function textField(stages: readonly Stage[], index: number): Keypath | undefined {
  const end = stages.findIndex(replacesRows)
  const seeing = end === -1 ? stages : stages.slice(0, end + 1)
  if (!seeing.includes(stages[index] as Stage)) return undefined
  const searched = distinct(seeing.flatMap(searchedFields))
  const messages = distinct(seeing.flatMap(readKeypaths).filter(isMessage))
  const [field] =
    searched.length === 1 ? searched : searched.length === 0 && messages.length === 1 ? messages : []
  const isPlain = field?.segments.every(({ kind }) => kind === 'NameSegment')
  const isStored = field && seeing.every((stage) => independent(changesOf(stage), [field]))
  return isPlain && isStored ? field : undefined
}

/** The only field of the catalogue whose name says that it is the message, while the stored fields are there. */
function onlyMessage(
  stages: readonly Stage[],
  index: number,
  catalogue: FieldCatalogue | null,
): Keypath | undefined {
  const source = stages[0]
  if (catalogue === null || source?.kind !== 'SourceStage') return undefined
  const dataset = knownDataset(source.dataset.dataspace, source.dataset.name)
  if (dataset === undefined || stages.slice(1, index).some((stage) => !isFilter(stage))) return undefined
  const messages = catalogue[dataset].filter(({ keypath }) => isMessageName(lastKeyOf(keypath)))
  return messages.length === 1 ? readKeypath((messages[0] as CatalogueField).keypath) : undefined
}

function lastKeyOf(text: string): string {
  return text.split(/[.[\]'"]+/).findLast((key) => key !== '') ?? ''
}

/** A keypath as the catalogue writes it, which is as a query does. */
function readKeypath(text: string): Keypath | undefined {
  const [stage] = parse(`filter ${text}`).query.stages
  return stage?.kind === 'FilterStage' && stage.predicate.kind === 'Keypath' ? stage.predicate : undefined
}

/** What a stage that ends the records writes is of no account for the fields the records had. */
function changesOf(stage: Stage): readonly Keypath[] {
  return replacesRows(stage) ? [] : changedKeypaths(stage)
}

function distinct(fields: readonly Keypath[]): readonly Keypath[] {
  return [...new Map(fields.map((field) => [canonicalKeypath(field), field])).values()]
}

const TEXT_FUNCTIONS: ReadonlySet<string> = new Set(['contains', 'matches', 'textSearch'])

/** The fields of the data that a stage searches for text. */
function searchedFields(stage: Stage): readonly Keypath[] {
  const fields: Keypath[] = []
  const add = (expression: Expression | undefined) => {
    const isData = expression?.kind === 'Keypath' && expression.segments.length > 0
    if (isData && (expression.namespace ?? '$d') === '$d') fields.push(expression)
  }
  if (stage.kind === 'FindStage') add(stage.target)
  if (stage.kind === 'ExtractStage') add(stage.subject)
  for (const node of nodesOf(stage)) {
    if (node.kind === 'BinaryExpression' && (node.operator === '~' || node.operator === '~~')) add(node.left)
    if (node.kind === 'MethodCallExpression' && TEXT_FUNCTIONS.has(node.name)) add(node.target)
    if (node.kind === 'CallExpression' && TEXT_FUNCTIONS.has(node.name)) add(node.arguments[0]?.value)
  }
  return fields
}
