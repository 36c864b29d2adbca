import pino from 'pino'
import pretty from 'pino-pretty'

export type Logger = pino.Logger

export interface LoggerOptions {
  readonly service: string
  readonly level: string
  readonly format: 'pretty' | 'json'
}

/** Never logged, however deep: keys that hold secrets. */
const REDACTED = [
  'authorization',
  'Authorization',
  '*.authorization',
  '*.Authorization',
  '*.apiKey',
  '*.token',
]

/**
 * The process's logger. The pino instrumentation adds `trace_id` and `span_id` of the active span to every
 * line. No line before an exit is lost.
 */
export function createLogger({ service, level, format }: LoggerOptions): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
  }
  if (format === 'json') {
    // Lines that come while one is being written share the next write; what is left at the end is written then.
    const destination = pino.destination({ sync: false })
    process.once('exit', () => destination.flushSync())
    return pino(options, destination)
  }
  const stream = pretty({
    sync: true,
    ignore: 'service,pid,hostname,trace_flags',
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return pino(options, stream)
}
