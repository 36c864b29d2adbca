import { styleText } from 'node:util'
import type { Environment } from '#shared/config'

type Format = Parameters<typeof styleText>[0]

/** Where a command prints. Results go to `print`, everything about the command itself to `warn`. */
export interface Terminal {
  /** False for a pipe or a file. */
  readonly isInteractive: boolean
  readonly color: boolean
  /** Characters a line has room for. */
  readonly columns: number
  print(text?: string): void
  warn(text: string): void
  /** The text in a style, or as it is when there is no colour. */
  style(format: Format, text: string): string
}

const COLUMNS_WITHOUT_TERMINAL = 120

/** The terminal this process was started in. */
export function processTerminal(environment: Environment): Terminal {
  return createTerminal({
    isInteractive: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? COLUMNS_WITHOUT_TERMINAL,
    environment,
    print: (text) => process.stdout.write(`${text}\n`),
    warn: (text) => process.stderr.write(`${text}\n`),
  })
}

export interface TerminalOptions {
  readonly isInteractive: boolean
  readonly columns: number
  readonly environment: Environment
  readonly print: (text: string) => void
  readonly warn: (text: string) => void
}

export function createTerminal({ environment, print, warn, ...options }: TerminalOptions): Terminal {
  const color = wantsColor(environment, options.isInteractive)
  return {
    ...options,
    color,
    print: (text = '') => print(text),
    warn,
    style: (format, text) => (color ? styleText(format, text, { validateStream: false }) : text),
  }
}

/** https://no-color.org and its opposite, FORCE_COLOR; a terminal has colour unless it is a dumb one. */
function wantsColor({ NO_COLOR, FORCE_COLOR, TERM }: Environment, isInteractive: boolean): boolean {
  if (NO_COLOR) return false
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isInteractive && TERM !== 'dumb'
}
