import { loadConfig } from '#shared/config'
import { telemetryConfigSchema } from './config'

const EXCERPT_LENGTH = 100

const captureSchema = telemetryConfigSchema.pick({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: true })

let capture: ReturnType<typeof loadConfig<typeof captureSchema>> | undefined

/** Read once, at the first question, so that a bad value is reported by the service's own start. */
function contentCapture(): boolean | undefined {
  capture ??= loadConfig(captureSchema)
  return capture.OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT
}

/** The question's first 100 characters for a span; undefined when content was switched off explicitly. */
export function shortenQuestion(question: string): string | undefined {
  return contentCapture() === false ? undefined : question.slice(0, EXCERPT_LENGTH)
}

/** True when whole prompts and answers may go on spans, which is off unless asked for. */
export function capturesMessageContent(): boolean {
  return contentCapture() === true
}
