import { tokenize } from '../syntax/lexer'
import type { Comment } from '../syntax/tokens'
import type { ReasonedEdit } from './edited-text'

/**
 * The edits, with the comments of what they replace put in front of it: what is written anew has none. A
 * comment that the new text still holds is not written twice. The edits are in the order of the text.
 */
export function keepComments(text: string, edits: readonly ReasonedEdit[]): readonly ReasonedEdit[] {
  const comments = commentsOf(text)
  if (comments.length === 0) return edits
  let next = 0
  return edits.map((edit) => {
    while (next < comments.length && (comments[next] as Comment).start < edit.range.start) next++
    const lost: string[] = []
    for (; next < comments.length; next++) {
      const { start, end } = comments[next] as Comment
      if (end > edit.range.end) break
      const comment = text.slice(start, end)
      if (!edit.newText.includes(comment)) lost.push(comment)
    }
    return lost.length === 0 ? edit : { ...edit, newText: lost.map(asPrefix).join('') + edit.newText }
  })
}

function commentsOf(text: string): readonly Comment[] {
  if (!text.includes('//') && !text.includes('#') && !text.includes('/*')) return []
  return tokenize(text, () => {}).flatMap(({ comments }) => comments)
}

/** A comment to the end of its line needs one; one of several lines ends by itself. */
function asPrefix(comment: string): string {
  return comment.startsWith('/*') ? `${comment} ` : `${comment}\n`
}
