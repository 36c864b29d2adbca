import type { Writable } from 'node:stream'
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
  /** Waits until what was printed was taken; false when nobody reads it any longer. For commands that print much. */
  hasRoom(): Promise<boolean>
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
    hasRoom: watchRoom(process.stdout),
  })
}

/**
 * Tells of a stream whether what was written was taken, and whether anybody reads it. A broken pipe is remembered,
 * because standard output, which cannot be destroyed, forgets it.
 */
function watchRoom(stream: Writable): () => Promise<boolean> {
  let isBroken = false
  stream.on('error', () => {
    isBroken = true
  })
  const isOpen = () => !isBroken && !stream.destroyed && stream.errored === null
  return async () => {
    if (isOpen() && stream.writableNeedDrain) await firstOf(stream, ['drain', 'error', 'close'])
    return isOpen()
  }
}

function firstOf(stream: Writable, events: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      for (const event of events) stream.off(event, settle)
      resolve()
    }
    for (const event of events) stream.on(event, settle)
  })
}

export interface TerminalOptions {
  readonly isInteractive: boolean
  readonly columns: number
  readonly environment: Environment
  readonly print: (text: string) => void
  readonly warn: (text: string) => void
  /** There always is unless told otherwise. */
  readonly hasRoom?: () => Promise<boolean>
}

const ALWAYS = async () => true

export function createTerminal({
  environment,
  print,
  hasRoom = ALWAYS,
  ...options
}: TerminalOptions): Terminal {
  const color = wantsColor(environment, options.isInteractive)
  return {
    ...options,
    color,
    print: (text = '') => print(text),
    hasRoom,
    style: (format, text) => (color ? styleText(format, text, { validateStream: false }) : text),
  }
}

/** https://no-color.org and its opposite, FORCE_COLOR; a terminal has colour unless it is a dumb one. */
function wantsColor({ NO_COLOR, FORCE_COLOR, TERM }: Environment, isInteractive: boolean): boolean {
  if (NO_COLOR) return false
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isInteractive && TERM !== 'dumb'
}
