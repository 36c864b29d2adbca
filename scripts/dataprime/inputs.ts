import { accessSync, constants, createReadStream, statSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { CommandError, EXIT } from '../cli/command-error'
import { LINE_LENGTH_MAX } from './line-batches'

/** Where queries come from: a file or standard input. */
export interface Input {
  /** Undefined for standard input. */
  readonly file: string | undefined
  open(): Readable
}

/** The name that stands for standard input among files. */
const STANDARD_INPUT = '-'

/** The inputs that a command line names, in order. One that cannot be read is told before any work is done. */
export function findInputs(files: readonly string[], standardInput: () => Readable): readonly Input[] {
  const names = files.length === 0 ? [STANDARD_INPUT] : files
  return names.map((name) => {
    if (name === STANDARD_INPUT) return { file: undefined, open: () => asText(standardInput()) }
    assertReadable(name)
    return { file: name, open: () => createReadStream(name, { encoding: 'utf8' }) }
  })
}

function asText(stream: Readable): Readable {
  return stream.setEncoding('utf8')
}

function assertReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK)
  } catch (error) {
    throw unreadable(file, (error as Error).message)
  }
  if (statSync(file).isDirectory()) throw unreadable(file, 'it is a folder')
}

function unreadable(name: string, reason: string): CommandError {
  return new CommandError(`${name} cannot be read: ${reason}`, EXIT.USAGE)
}

/** All of an input as one text, without a byte order mark. */
export async function readText(input: Input, lengthMax = LINE_LENGTH_MAX): Promise<string> {
  let text = ''
  for await (const chunk of input.open()) {
    text += chunk
    if (text.length > lengthMax) {
      throw unreadable(input.file ?? 'standard input', `it is longer than ${lengthMax} characters`)
    }
  }
  return text.startsWith('\ufeff') ? text.slice(1) : text
}
