/** What the bus needs of a logger; pino's fits. Fields first, then a constant message. */
export interface BusLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export const silentLogger: BusLogger = { info: () => {}, warn: () => {}, error: () => {} }
