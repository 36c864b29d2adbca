import { existsSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ConfigError, currentEnvironment, type Environment, packageRoot } from '#shared/config'
import { CommandError, EXIT, UsageError } from './command-error'
import { type Options, type OptionTable, renderHelp } from './options'
import { processTerminal, type Terminal } from './terminal'

/** What a command is given to work with. It reads no other input. */
export interface CommandInput<Table extends OptionTable = OptionTable> {
  readonly options: Options<Table>
  readonly positionals: readonly string[]
  readonly environment: Environment
  readonly terminal: Terminal
}

export interface Command<Table extends OptionTable = OptionTable> {
  /** As it is typed: `npm run ask --`. */
  readonly invocation: string
  /** What it does, in one sentence or a few. */
  readonly summary: string
  /** The argument it takes besides options, such as `"question"`. */
  readonly argument?: string
  readonly options: Table
  readonly exitCodes: Readonly<Record<number, string>>
  /** @returns the exit code */
  run(input: CommandInput<Table>): Promise<number>
}

/** Gives the options' types to `run`. */
export function defineCommand<const Table extends OptionTable>(command: Command<Table>): Command<Table> {
  return command
}

/** Runs a command as the program of this process. */
export async function runAsProgram<Table extends OptionTable>(command: Command<Table>): Promise<void> {
  loadDotEnv(packageRoot())
  const environment = currentEnvironment()
  const terminal = processTerminal(environment)
  ignoreBrokenPipes()
  process.exitCode = await runCommand(command, process.argv.slice(2), { environment, terminal })
}

/** Parses the command line, runs the command and explains its failure; it never rejects. */
export async function runCommand<Table extends OptionTable>(
  command: Command<Table>,
  args: readonly string[],
  { environment, terminal }: Pick<CommandInput, 'environment' | 'terminal'>,
): Promise<number> {
  try {
    const { options, positionals } = parseCommandLine(command, args)
    if (options.help) {
      terminal.print(renderHelp(command))
      return EXIT.OK
    }
    return await command.run({ options: options as Options<Table>, positionals, environment, terminal })
  } catch (error) {
    return explain(error, command, terminal)
  }
}

function parseCommandLine(command: Command<OptionTable>, args: readonly string[]) {
  const options = { ...command.options, help: { type: 'boolean', describe: '' } } as const
  const parsed = parse(args, options)
  if (command.argument === undefined && parsed.positionals.length > 0) {
    throw new UsageError(`unexpected argument "${parsed.positionals[0]}"`)
  }
  return { options: parsed.values, positionals: parsed.positionals }
}

function parse(args: readonly string[], options: OptionTable) {
  const joined = joinValues(args, options)
  try {
    return parseArgs({ args: joined, options, strict: true, allowPositionals: true })
  } catch (error) {
    // Node's own message is followed by advice about `--`, which only confuses here.
    throw new UsageError((error as Error).message.split('. ')[0] ?? 'unknown option')
  }
}

/**
 * `--offset -1` as `--offset=-1`: Node takes a value that begins with a dash for a forgotten one, though only
 * the option can tell whether it is one it takes.
 */
function joinValues(args: readonly string[], options: OptionTable): string[] {
  const joined: string[] = []
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string
    if (arg === '--') return [...joined, ...args.slice(index)]
    const next = args[index + 1]
    if (!takesValue(arg, options) || next === undefined || !/^-./.test(next)) joined.push(arg)
    else if (isFlag(next, options)) throw new UsageError(`${arg} takes a value, found "${next}"`)
    else {
      joined.push(`${arg}=${next}`)
      index++
    }
  }
  return joined
}

function takesValue(arg: string, options: OptionTable): boolean {
  const name = arg.slice(2)
  return arg.startsWith('--') && Object.hasOwn(options, name) && options[name]?.type === 'string'
}

function isFlag(arg: string, options: OptionTable): boolean {
  return arg === '--' || (arg.startsWith('--') && Object.hasOwn(options, arg.slice(2).split('=')[0] ?? ''))
}

function explain(error: unknown, command: Command<OptionTable>, terminal: Terminal): number {
  const failed = (text: string) => terminal.warn(terminal.style('red', text))
  if (error instanceof UsageError) {
    failed(error.message)
    terminal.warn(`\n${command.invocation} --help says more.`)
    return error.exitCode
  }
  if (error instanceof CommandError) {
    failed(error.message)
    return error.exitCode
  }
  if (error instanceof ConfigError) {
    failed(error.message)
    return EXIT.CONFIG
  }
  failed(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return EXIT.FAILURE
}

/** A reader that has seen enough (`| head`) is no failure; what remains is written into the void. */
function ignoreBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}

/** Adds the variables of `.env`, if there is such a file; those that are set already win over it. */
function loadDotEnv(root: string): void {
  const file = path.join(root, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
}
