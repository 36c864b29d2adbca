/**
 * A text in canonical form with its comments kept. Comments are not in the tree, so they are taken from the
 * tokens and given to the stages: each stage has the comments on the lines above it and those behind it on
 * its own line.
 */

import type { Report } from '../diagnostics/diagnostic'
import { createSource, type Source } from '../diagnostics/source'
import { tokenize } from '../syntax/lexer'
import { readTokens } from '../syntax/parser'
import type { Comment, Token } from '../syntax/tokens'
import type { Stage } from '../tree/ast'
import { printStage } from './print'

/**
 * The query with one stage a line, every line but the first led by `| `, and all its comments in their
 * order; null when the text has syntax errors, since what they swallowed could not be written again.
 *
 * - A comment on a line of its own stays above the stage that follows it, or after the last stage.
 * - A comment at the end of the line that a stage ends on stays there, also behind a `|` that ends the line.
 * - A comment inside a stage, its sub-queries included, goes above the stage, and so does one of several
 *   lines that begins behind it.
 *
 * The result has the same tree (`sameTree`), formatting it again changes nothing, and its lines end in `\n`
 * whatever ended them before. Takes time linear in the length of the text. There are no options: documentation
 * and published queries share the one habit of a stage a line behind a leading `|`.
 */
export function formatText(text: string): string | null {
  let broken = false
  const report: Report = ({ severity }) => {
    if (severity === 'error') broken = true
  }
  const tokens = tokenize(text, report)
  const { stages } = readTokens(text, tokens, report)
  return broken ? null : writeLines(stages, placeComments(createSource(text), tokens, stages))
}

/** The comments around one stage, each as it is to be written. */
interface StageComments {
  readonly above: string[]
  /** On the line of the stage, behind it: no comment but the last of them may run to the end of the line. */
  readonly behind: string[]
}

/** The comments of each stage, and after the last one an entry for those that follow all stages. */
function placeComments(
  source: Source,
  tokens: readonly Token[],
  stages: readonly Stage[],
): readonly StageComments[] {
  const places = Array.from({ length: stages.length + 1 }, (): StageComments => ({ above: [], behind: [] }))
  let index = 0
  for (const token of tokens) {
    for (const comment of token.comments) placeComment(source, stages, places, index, comment)
    // A pipe within the range of its stage belongs to a sub-query.
    if (token.kind === '|' && token.start >= (stages[index] as Stage).range.end) index++
  }
  return places
}

/** Gives a comment to the stage at `index`, the one that is being read or follows next, or to a neighbour of it. */
function placeComment(
  source: Source,
  stages: readonly Stage[],
  places: readonly StageComments[],
  index: number,
  comment: Comment,
): void {
  const lineOf = (offset: number) => source.positionAt(offset).line
  const line = lineOf(comment.start)
  const stage = stages[index] as Stage
  const place = places[index] as StageComments
  const text = commentText(source.text, comment)
  const severalLines = text.includes('\n')

  if (comment.start >= stage.range.end) {
    if (line !== lineOf(stage.range.end)) (places[index + 1] as StageComments).above.push(text)
    else if (severalLines) liftBehind(place, text)
    else place.behind.push(text)
    return
  }
  const previous = stages[index - 1]
  const endsPreviousLine =
    previous !== undefined &&
    !severalLines &&
    line === lineOf(previous.range.end) &&
    line !== lineOf(stage.range.start)
  if (endsPreviousLine) (places[index - 1] as StageComments).behind.push(text)
  else place.above.push(text)
}

/** Puts a comment above its stage, and before it those that stood before it on the line, so that their order stays. */
function liftBehind({ above, behind }: StageComments, text: string): void {
  for (const earlier of behind.splice(0)) above.push(earlier)
  above.push(text)
}

function commentText(text: string, { start, end, style }: Comment): string {
  const written = text.slice(start, end)
  return style === 'line' ? written.trimEnd() : written.replace(/\r\n?/g, '\n')
}

function writeLines(stages: readonly Stage[], places: readonly StageComments[]): string {
  const lines: string[] = []
  places.forEach(({ above, behind }, index) => {
    for (const comment of above) lines.push(comment)
    const stage = stages[index]
    if (stage !== undefined)
      lines.push([`${index === 0 ? '' : '| '}${printStage(stage)}`, ...behind].join(' '))
  })
  return lines.join('\n')
}
