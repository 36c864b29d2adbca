import { trace } from '@opentelemetry/api'
import type { Question } from '#shared/contracts'
import { ATTR, shortenQuestion } from '#shared/telemetry'

/** Puts on the active span what a person looks for when searching for a question. */
export function describeQuestion(requestId: string, question: Question): void {
  const excerpt = shortenQuestion(question.user_input)
  trace.getActiveSpan()?.setAttributes({
    [ATTR.REQUEST_ID]: requestId,
    [ATTR.USER_INPUT_LENGTH]: question.user_input.length,
    ...(excerpt !== undefined && { [ATTR.USER_INPUT_QUERY]: excerpt }),
    ...(question.conversation_id != null && { [ATTR.CONVERSATION_ID]: question.conversation_id }),
  })
}
