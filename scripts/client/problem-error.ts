import type { Problem } from '#shared/errors'
import { CommandError } from '../cli/command-error'
import type { HttpReply } from './http-call'

/** The mesh answered with an error. */
export class ProblemError extends CommandError {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>,
    message: string,
  ) {
    super(message)
    this.name = 'ProblemError'
  }
}

/** The error that a reply of 400 or above is, in words: code, what happened, each bad field, where to look. */
export function toProblemError({ status, headers, body }: HttpReply): ProblemError {
  if (headers.get('server')?.startsWith('AirTunes')) {
    return new ProblemError(status, {}, 'AirPlay Receiver of macOS answered instead of the mesh')
  }
  if (!isProblem(body)) return new ProblemError(status, {}, `answered ${status} without saying why`)
  const lines = [
    `${status} ${body.code}: ${body.detail ?? body.title}`,
    ...(body.errors ?? []).map(
      ({ pointer, message }) => `  ${pointer === '' ? '(body)' : pointer}: ${message}`,
    ),
    ...(body.service === undefined ? [] : [`  failed in ${body.service}`]),
    ...(body.trace_id == null ? [] : [`  trace ${body.trace_id}`]),
  ]
  return new ProblemError(status, body, lines.join('\n'))
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'title' in body
}
