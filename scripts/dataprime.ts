import type { Readable } from 'node:stream'
import { defineCommand, runAsProgram } from './cli/command'
import { UsageError } from './cli/command-error'
import { JSON_OPTION, type Options } from './cli/options'
import { findInputs } from './dataprime/inputs'
import { loadCatalogue } from './dataprime/load-catalogue'
import { toPlace } from './dataprime/place'
import { runRecords } from './dataprime/run-records'
import { runTexts, runTextsAsJson } from './dataprime/run-texts'
import type { Settings } from './dataprime/subcommand'
import { isSubcommandName, SUBCOMMANDS, type SubcommandName } from './dataprime/subcommands'

const NAMES = Object.keys(SUBCOMMANDS)

const OPTIONS = {
  json: JSON_OPTION,
  ndjson: {
    type: 'boolean',
    describe: 'Read one JSON object with a "query" a line, write one result a line.',
  },
  strict: {
    type: 'boolean',
    describe: 'A field that neither the language nor the catalogue knows is an error.',
  },
  catalogue: { type: 'string', value: 'FILE', describe: 'The fields of the data, as JSON.' },
  warnings: { type: 'boolean', describe: 'repair: settle what is doubtful too.' },
  offset: { type: 'string', value: 'N', describe: 'complete: where, in UTF-16 units; the end unless given.' },
  line: { type: 'string', value: 'N', describe: 'complete: where, with --column; both count from 1.' },
  column: { type: 'string', value: 'N', describe: 'complete: where, with --line.' },
} as const

/** Options that only one subcommand understands. */
const OPTIONS_OF_ONE = {
  warnings: 'repair',
  offset: 'complete',
  line: 'complete',
  column: 'complete',
} as const satisfies Partial<Record<keyof typeof OPTIONS, SubcommandName>>

/** The language on the command line. `standardInput` is what is read when no file is named. */
export function createDataprimeCommand(standardInput: () => Readable) {
  return defineCommand({
    invocation: 'npm run -s dataprime --',
    argument: `<${NAMES.join('|')}> [FILE…]`,
    summary: `Checks, formats, repairs, explains or completes DataPrime queries. Each FILE holds one query, or with --ndjson
one JSON object a line; without a FILE standard input is read.`,
    options: OPTIONS,
    exitCodes: {
      0: 'every query is valid (repair: after it; complete: always)',
      1: 'a query has an error, or a line of --ndjson holds no query',
      2: 'the command line is wrong, or a file cannot be read',
    },
    async run({ options, positionals, terminal }) {
      const [name, ...files] = positionals
      const subcommand = SUBCOMMANDS[toSubcommandName(name)]
      assertUnderstood(options, name)
      const settings = toSettings(options)
      const inputs = findInputs(files, standardInput)
      const run = options.ndjson ? runRecords : options.json ? runTextsAsJson : runTexts
      return (await run({ subcommand, settings, inputs, terminal })) ? 0 : 1
    },
  })
}

function toSubcommandName(word: string | undefined): SubcommandName {
  if (word !== undefined && isSubcommandName(word)) return word
  const found = word === undefined ? 'found none' : `not "${word}"`
  throw new UsageError(`expected one of ${NAMES.join(', ')}, ${found}`)
}

function assertUnderstood(options: Options<typeof OPTIONS>, name: string | undefined): void {
  for (const [option, owner] of Object.entries(OPTIONS_OF_ONE)) {
    if (options[option as keyof typeof OPTIONS_OF_ONE] !== undefined && owner !== name) {
      throw new UsageError(`--${option} is for ${owner}, not for ${name}`)
    }
  }
}

function toSettings({ strict, catalogue, warnings, ...place }: Options<typeof OPTIONS>): Settings {
  return {
    analysis: {
      ...(strict !== undefined && { strict }),
      ...(catalogue !== undefined && { catalogue: loadCatalogue(catalogue) }),
    },
    settleWarnings: warnings ?? false,
    place: toPlace(place),
  }
}

function openStandardInput(): Readable {
  if (process.stdin.isTTY) process.stderr.write('Reading what is typed; Ctrl-D ends it.\n')
  return process.stdin
}

if (require.main === module) void runAsProgram(createDataprimeCommand(openStandardInput))
