import { LINE_LENGTH_MAX, type Line, readLineBatches } from './line-batches'
import { readPlace } from './place'
import { readRecord } from './query-record'
import type { Run } from './run-texts'
import type { Settings, Subcommand } from './subcommand'

/** Results are written when they are as long as this, or when nothing more has been read. */
const WRITE_LENGTH = 65_536

interface Result {
  readonly text: string
  readonly ok: boolean
}

/**
 * Reads one JSON object a line and writes one result a line, in order, with no more in memory than a chunk of
 * the input: the next one is read when the results were taken. Ends early, and quietly, when nobody reads
 * them. Returns whether all lines that were read went well.
 */
export async function runRecords({ subcommand, settings, inputs, terminal }: Run): Promise<boolean> {
  let ok = true
  for (const input of inputs) {
    const origin = inputs.length > 1 && input.file !== undefined ? { file: input.file } : {}
    for await (const batch of readLineBatches(input.open())) {
      let text = ''
      for (const [index, line] of batch.entries()) {
        const result = runRecord(line, origin, subcommand, settings)
        ok &&= result.ok
        text += text === '' ? result.text : `\n${result.text}`
        if (text.length < WRITE_LENGTH && index < batch.length - 1) continue
        terminal.print(text)
        text = ''
        if (!(await terminal.hasRoom())) return ok
      }
    }
  }
  return ok
}

function runRecord(line: Line, origin: object, subcommand: Subcommand, settings: Settings): Result {
  if (line.text === undefined) {
    return toError(line, origin, {}, `the line is longer than ${LINE_LENGTH_MAX} characters`)
  }
  const record = readRecord(line.text)
  if ('error' in record) return toError(line, origin, record.fields, record.error)
  const place = readPlace(record.fields) ?? settings.place
  const { fields, ok } = subcommand(record.query, { ...settings, place })
  return { text: toLine(record.fields, { ...origin, ...fields }), ok }
}

function toError({ number }: Line, origin: object, fields: object, error: string): Result {
  return { text: toLine(fields, { ...origin, line_number: number, valid: false, error }), ok: false }
}

/** What the line came with, and behind it what is said of it: that wins where both have a field. */
function toLine(given: object, said: object): string {
  const others = Object.entries(given).filter(([name]) => !Object.hasOwn(said, name))
  return JSON.stringify(Object.fromEntries([...others, ...Object.entries(said)]))
}
