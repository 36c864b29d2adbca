import {
  ADVICE,
  analyse,
  build,
  CAST_TYPES,
  COMMANDS,
  complete,
  DATE_UNITS,
  DIAGNOSTIC_KINDS,
  DOUBTFUL_CAST_TYPES,
  DPXL_FUNCTIONS,
  describeSignature,
  EXTRACTORS,
  type Extractor,
  explainStages,
  FIELDS_WITH_PATHS,
  FUNCTIONS,
  type FunctionGroup,
  type FunctionSignature,
  type LiteralChoice,
  listInventedFunctions,
  printExpression,
  REPAIR_FAMILIES,
  SCORES,
  SEVERITIES,
  SOURCE_PARAMETERS,
  SOURCES,
  severitySpellings,
  TIME_UNITS,
  TIME_ZONES,
  TIMESTAMP_FORMATS,
  TYPES,
} from '#dataprime'
import { renderHelp } from '../cli/options'
import { createDataprimeCommand } from '../dataprime'
import { renderCoverage } from './dataprime-coverage'
import { code, codes, table } from './markdown'

const HEADER = `# DataPrime

What the language core in [\`dataprime/\`](../dataprime/README.md) knows: the same lists that its parser, checks, completion
and the model’s prompt read. Written by \`npm run generate\` from \`dataprime/catalogue/\` and \`dataprime/diagnostics/codes/\`.
Every command, function and diagnostic is shown at work in the [corpus](../dataprime/corpus).`

/** The text of `docs/dataprime.md`. */
export function renderDataprimeDocs(): string {
  const sections = [
    HEADER,
    `## Commands\n\n${COMMANDS_NOTE}\n\n${renderCommands()}`,
    `## Functions\n\n${FUNCTIONS_NOTE}\n\n${renderFunctions()}`,
    `### Names that do not exist\n\n${renderInventedFunctions()}`,
    `### Units, formats and zones\n\n${renderChoices()}`,
    `## Sources\n\n${renderSources()}`,
    `## Extractors\n\nWhat stands after \`using\` in \`extract\`.\n\n${renderExtractors()}`,
    `## Types\n\n${renderTypes()}`,
    `## Severities\n\n${renderSeverities()}`,
    `## Fields\n\n${renderFields()}`,
    `## Strict mode and the catalogue file\n\n${STRICT_MODE}`,
    `## DPXL\n\n${renderDpxl()}`,
    `## Diagnostics\n\n${DIAGNOSTICS_NOTE}\n\n${renderDiagnostics()}`,
    `## Advice\n\n${renderAdvice()}`,
    `## Scores\n\n${renderScores()}`,
    `## Formatting\n\n${FORMATTING}`,
    `## Repair\n\n${renderRepair()}`,
    `## Explanation\n\n${renderExplanation()}`,
    `## Completion\n\n${renderCompletion()}`,
    `## Command line\n\n${renderCommandLine()}`,
    `## Coverage\n\n${renderCoverage()}`,
  ]
  return `${sections.join('\n\n')}\n`
}

const COMMANDS_NOTE = `KP is a keypath, E an expression, A an expression with an aggregation, Q a query, N a whole number, I an interval,
S a string, T a time. What stands in brackets may be left out.`

function renderCommands(): string {
  const rows = COMMANDS.map(({ name, synonyms, doubtfulSynonyms = [], syntax, summary, example }) => [
    code(name),
    [...synonyms.map(code), ...doubtfulSynonyms.map((word) => `${code(word)} (doubtful)`)].join(', '),
    code(syntax),
    summary,
    code(example),
  ])
  return table(['command', 'other words', 'syntax', 'what it does', 'example'], rows)
}

const FUNCTIONS_NOTE = `An argument with \`?\` may be left out, one with \`…\` may be repeated. Every function is also a method of its first
argument: \`msg.length()\` is \`length(msg)\`.`

const GROUP_TITLES: Readonly<Record<FunctionGroup, string>> = {
  aggregation: 'Aggregations',
  string: 'Strings',
  number: 'Numbers',
  time: 'Times and intervals',
  array: 'Arrays and sets',
  general: 'General, addresses and identifiers',
}

function renderFunctions(): string {
  const groups = Object.entries(GROUP_TITLES).map(([group, title]) => {
    const rows = FUNCTIONS.filter((signature) => signature.group === group).map((signature) => [
      code(describeSignature(signature)),
      signature.kind,
      signature.result === 'same' ? 'that of the value' : signature.result,
      describeFunction(signature),
    ])
    return `### ${title}\n\n${table(['function', 'kind', 'result', 'what it gives'], rows)}`
  })
  return groups.join('\n\n')
}

function describeFunction({ summary, deprecatedFor, documented }: FunctionSignature): string {
  const notes = [
    ...(deprecatedFor === null ? [] : [`Deprecated: use ${code(deprecatedFor)}.`]),
    ...(documented ? [] : ['Named without a page of its own.']),
  ]
  return [summary, ...notes].join(' ')
}

function renderInventedFunctions(): string {
  const rows = listInventedFunctions().map(({ names, instead }) => [codes(names), formCell(instead)])
  return `People and models write these; the diagnostic names what does what they mean.\n\n${table(['written', 'meant'], rows)}`
}

/** A form as code, the words about it as words. */
function formCell(instead: string): string {
  const [, words = '', form = ''] = /^((?:the command )?)(.*)$/.exec(instead) ?? []
  return (
    words +
    form
      .split(/(, (?=\w+ or )| or )/)
      .map((part, index) => (index % 2 === 0 ? code(part) : part))
      .join('')
  )
}

function renderChoices(): string {
  const kinds: readonly (readonly [string, readonly LiteralChoice[]])[] = [
    ['unit of time', TIME_UNITS],
    ['part of a date, for `extractTime`', DATE_UNITS],
    ['format of a time', TIMESTAMP_FORMATS],
    ['time zone', TIME_ZONES],
  ]
  const rows = kinds.flatMap(([kind, choices]) =>
    choices.map(({ text, summary }) => [code(`'${text}'`), kind, summary]),
  )
  return table(['literal', 'is a', 'meaning'], rows)
}

function renderSources(): string {
  const rows = SOURCES.map(({ name, summary }) => [code(name), summary])
  const parameters = SOURCE_PARAMETERS.map(({ name, summary }) => [code(`(${name}=…)`), summary])
  return `Datasets that the documentation names; anybody’s own ones and enrichment tables are sources too.

${table(['source', 'what it holds'], [...rows, ...parameters])}`
}

function renderExtractors(): string {
  const rows = EXTRACTORS.map((extractor) => [code(callOf(extractor)), extractor.result, extractor.summary])
  return table(['extractor', 'result', 'what it takes out'], rows)
}

function callOf({ name, parameters }: Extractor): string {
  return `${name}(${parameters.map(({ name, required }) => (required ? name : `${name}?`)).join(', ')})`
}

function renderTypes(): string {
  const rows = TYPES.map(({ name, literal, summary }) => [
    code(name),
    literal === '' ? '' : code(literal),
    summary,
  ])
  return [
    table(['type', 'written', 'what it is'], rows),
    `A cast, \`value:number\`, leads to ${codes(CAST_TYPES)}. Accepted with a warning: ${codes(DOUBTFUL_CAST_TYPES)}.
A field has no declared type: it is told from how the field is used, from a catalogue, or by a cast.`,
  ].join('\n\n')
}

function renderSeverities(): string {
  const rows = SEVERITIES.map((severity) => [code(severity), codes(severitySpellings(severity))])
  const head = ['severity', 'also written, and told to be wrong']
  return `From the lowest to the highest, written without quotes: \`$m.severity >= WARNING\`.\n\n${table(head, rows)}`
}

function renderFields(): string {
  const datasets = Object.entries(FIELDS_WITH_PATHS).map(([dataset, fields]) => {
    const rows = fields.map(({ namespace, path, type, summary }) => [
      code(printExpression(build.keypath(namespace, ...path))),
      type,
      summary,
    ])
    return `### In ${code(dataset)}\n\n${table(['field', 'type', 'what it holds'], rows)}`
  })
  return [
    'What every record has. What else there is below `$d` is up to whoever sends it, and told by a catalogue.',
    ...datasets,
  ].join('\n\n')
}

const STRICT_MODE = `Without strict mode no field is an error: a catalogue need not be complete, and only tells types, sample values and names
to suggest. In strict mode a field that neither the language nor the catalogue knows is an error,
as it is for an engine with strict field validation; so is one that a stage before has certainly taken away.

A catalogue is JSON: a list of fields for logs and one for spans. \`keypath\` and \`type\` are required.

\`\`\`json
{
  "logs": [{ "keypath": "$d.status_code", "type": "number", "description": "HTTP status", "sample_values": [200, 404] }],
  "spans": [{ "keypath": "$d.tags['http.route']", "type": "string" }]
}
\`\`\`

[The default one](../services/query/catalogue/default-catalogue.json) is such a file. \`CATALOGUE_FILE\` names another for the
questions of the mesh, \`catalogue\` in the body of \`POST /validate\` and of a question one for that request, and
\`--catalogue FILE\` one on the command line. A list that is empty says nothing of its dataset, in strict mode too.`

function renderDpxl(): string {
  return `A text that begins with \`<v1>\` is one condition instead of a query, as scopes and policies take it: ${code(DPXL_EXAMPLE)}. It has
literals, keypaths, casts, comparisons, \`&&\`, \`||\`, \`!\`, parentheses and ${codes([...DPXL_FUNCTIONS].toSorted())}; it has no stages, no
other functions and no arithmetic. \`in\`, and a comparison of two keypaths, need a cast. Checks, formatting, repair, explanation and
completion read it as they read a query.`
}

const DPXL_EXAMPLE = "<v1> $l.applicationname == 'shop' && $d.path.startsWith('/pay')"

const EXPLAINED =
  'source logs last 1h | filter $m.severity >= ERROR | countby $l.subsystemname into n desc | limit 5'

function renderExplanation(): string {
  const sentences = explainStages(analyse(EXPLAINED).query).map((sentence) => `- ${sentence}`)
  return `A valid query is told in plain English, a sentence for each stage:

\`\`\`
${EXPLAINED}
\`\`\`

${sentences.join('\n')}`
}

const COMPLETED = [
  'source logs last ',
  'source logs | fil',
  'source logs | filter $m.severity == ',
  'source logs | filter a == 1 ',
  'source logs | countby host ',
]

/** Completions that are shown of each example. */
const COMPLETIONS_SHOWN = 6

function renderCompletion(): string {
  const rows = COMPLETED.map((text) => [
    code(text),
    codes(
      complete(text, text.length)
        .slice(0, COMPLETIONS_SHOWN)
        .map(({ label }) => label),
    ),
  ])
  return `What may stand at an offset: commands, clauses, fields, functions, values, operators, the most fitting first, each with its kind, a
line of syntax or a type, a sentence, and the range of the text that it replaces. It reads the text before the offset only, as
far as that goes, so that half-typed queries are completed too.

${table(['behind', 'the first that are offered'], rows)}`
}

function renderCommandLine(): string {
  const command = createDataprimeCommand(() => process.stdin)
  return `[scripts/README.md](../scripts/README.md#the-language) shows it at work.

\`\`\`
${renderHelp(command)}
\`\`\``
}

const DIAGNOSTICS_NOTE = `An error is what the engine would refuse whatever the data; only errors make a query invalid. Every doubt is a warning,
what is merely worth knowing an info. Codes are stable: none is ever given another meaning.`

/** What the first two digits of a code mean. */
const DIAGNOSTIC_TITLES: Readonly<Record<string, string>> = {
  DP00: 'The text',
  DP01: 'The shape of a query',
  DP02: 'Forms of other languages',
  DP03: 'What the words mean',
  DP04: 'Doubtful, but accepted',
}

function renderDiagnostics(): string {
  const families = Map.groupBy(DIAGNOSTIC_KINDS, (kind) => kind.code.slice(0, 4))
  const tables = [...families].map(([family, kinds]) => {
    const rows = kinds.map((kind) => [code(kind.code), kind.severity, kind.summary.replaceAll('|', '\\|')])
    return `### ${DIAGNOSTIC_TITLES[family] ?? family}\n\n${table(['code', 'severity', 'when'], rows)}`
  })
  return tables.join('\n\n')
}

function renderAdvice(): string {
  const rows = ADVICE.map((advice) => [code(advice.code), advice.summary])
  return `What would make a valid query cheaper, or say the same with less. Each comes with the rewritten query where a program can
tell how.

${table(['code', 'when'], rows)}`
}

function renderScores(): string {
  const paragraphs = Object.entries(SCORES).map(([name, { summary, rules }]) =>
    [`${code(name)}: ${summary}`, '', ...rules.map((rule) => `- ${rule}`)].join('\n'),
  )
  return ['Read from tree and diagnostics alone.', ...paragraphs].join('\n\n')
}

const FORMATTING = `There is one form and no options:

- a stage a line, every one but the first behind \`| \`;
- commands and functions under their canonical names, strings in single quotes, one blank around operators, parentheses
  only where the tree needs them;
- comments are kept: one on a line of its own stays above the stage that follows, one behind a stage stays behind it,
  one inside a stage goes above it.

The formatted text has the same tree as the text before, and formatting it again changes nothing. A text with syntax
errors is not formatted.`

function renderRepair(): string {
  const rows = REPAIR_FAMILIES.map(({ name, wrong, right }) => [name, queryCell(wrong), queryCell(right)])
  return `${REPAIR}

What is doubtful but accepted is settled only in a query that has an error too, and there only what people write for something
plain: quoted severities, double quotes, a grouping cut in two, labels in the case of the other dataset, a source left out.

${table(['mistake', 'written', 'repaired'], rows)}`
}

/** A query in a cell of a table, where a line break means something else. */
function queryCell(query: string): string {
  // A backtick within the query would end its code; a fence is shown by its tildes.
  return code(query.replaceAll('`', '~').replaceAll('\n', ' ⏎ '))
}

const REPAIR = `Repairing applies what diagnostics say settles them, until the query is valid or nothing more applies. A valid query
stays as it is, character for character, unless warnings are to be settled too. Each change is told: the range of the text
that was given, what stood there, what stands there now, and why. Changes never overlap, and applying them to the text
given makes the repaired query.`
