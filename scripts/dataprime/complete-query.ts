import { complete, createSource } from '#dataprime'
import type { Outcome, Place, Settings } from './subcommand'

/** Lists what may follow at a place. A query that is being typed is not finished, which is no error. */
export function completeQuery(text: string, { analysis, place }: Settings): Outcome {
  const offset = toOffset(text, place)
  const completions = complete(text, offset, analysis)
  return {
    fields: { offset, completions },
    ok: true,
    show(terminal) {
      for (const { label } of completions) terminal.print(label)
    },
  }
}

/** The end unless told otherwise; a line end that closes the text, as editors and `echo` write it, is behind the end. */
function toOffset(text: string, place: Place | undefined): number {
  if (place === undefined) return text.replace(/\r?\n$/, '').length
  return 'offset' in place ? Math.min(place.offset, text.length) : createSource(text).offsetAt(place)
}
