import { UsageError } from './command-error'

export interface OptionEntry {
  readonly type: 'string' | 'boolean'
  readonly describe: string
  /** What stands for the value in `--help`. */
  readonly value?: string
  readonly default?: string
  /** May be given several times; its values are a list. */
  readonly multiple?: boolean
  /** Left out of `--help`: for the project's own programs. */
  readonly internal?: boolean
}

/** The long options of a command by name; the form `parseArgs` of `node:util` takes, with descriptions. */
export type OptionTable = Readonly<Record<string, OptionEntry>>

type OptionValue<Entry extends OptionEntry> = Entry['type'] extends 'boolean'
  ? boolean | undefined
  : Entry extends { multiple: true }
    ? readonly string[] | undefined
    : Entry extends { default: string }
      ? string
      : string | undefined

/** What was given on the command line. */
export type Options<Table extends OptionTable> = { readonly [Name in keyof Table]: OptionValue<Table[Name]> }

/** For the commands that print a result. */
export const JSON_OPTION = { type: 'boolean', describe: 'Print the result as JSON.' } as const

interface Documented {
  readonly invocation: string
  readonly summary: string
  readonly argument?: string
  readonly options: OptionTable
  readonly exitCodes: Readonly<Record<number, string>>
}

export function renderHelp({ invocation, summary, argument, options, exitCodes }: Documented): string {
  const shown = Object.entries(options).filter(([, entry]) => !entry.internal)
  const rows: [string, string][] = shown.map(([name, entry]) => [toFlag(name, entry), toDescription(entry)])
  rows.push(['--help', 'Print this.'])
  const usage = [invocation, argument, '[options]'].filter((part) => part !== undefined)
  const codes = Object.entries(exitCodes).map(([code, meaning]): [string, string] => [code, meaning])
  return [
    summary,
    '',
    `Usage: ${usage.join(' ')}`,
    '',
    'Options:',
    ...toColumns(rows),
    '',
    'Exit codes:',
    ...toColumns(codes),
  ].join('\n')
}

function toFlag(name: string, entry: OptionEntry): string {
  return entry.type === 'boolean' ? `--${name}` : `--${name} ${entry.value ?? 'VALUE'}`
}

function toDescription(entry: OptionEntry): string {
  return entry.default === undefined ? entry.describe : `${entry.describe} (${entry.default})`
}

function toColumns(rows: readonly [string, string][]): string[] {
  const width = Math.max(...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`)
}

/** The value of an option that takes a whole number of at least `min`, and at most `max` when there is a most. */
export function toWholeNumber(
  name: string,
  value: string,
  min = 0,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  const number = Number(value)
  if (Number.isSafeInteger(number) && number >= min && number <= max && value.trim() !== '') return number
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  throw new UsageError(`--${name} takes a whole number ${range}, not "${value}"`)
}
