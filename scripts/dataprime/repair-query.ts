import { createSource, type RepairEdit, repair, type Source } from '#dataprime'
import { type Outcome, type Settings, warnOfErrors } from './subcommand'

/** Settles what is wrong where the meaning is clear, and tells every change. */
export function repairQuery(text: string, { analysis, settleWarnings }: Settings): Outcome {
  const { query, valid, edits, diagnostics } = repair(text, { ...analysis, settleWarnings })
  return {
    fields: { query, valid, edits: edits.map(({ range, was, now, why }) => ({ range, was, now, why })) },
    ok: valid,
    show(terminal) {
      // Printing ends the line, so that a valid file comes out as it went in.
      terminal.print(query.replace(/\n$/, ''))
      const source = createSource(text)
      for (const edit of edits) terminal.warn(describeEdit(edit, source))
      if (!valid) warnOfErrors(terminal, query, diagnostics)
    },
  }
}

/** `1:23 "=" → "==": "=" does not compare`: a change on one line. */
function describeEdit({ range, was, now, why }: RepairEdit, source: Source): string {
  const { line, column } = source.positionAt(range.start)
  return `${line}:${column} ${JSON.stringify(was)} → ${JSON.stringify(now)}: ${why}`
}
