/** The start of the hour, UTC, in which a timestamp lies. */
export function toHour(timestamp: string): string {
  const hour = new Date(timestamp)
  hour.setUTCMinutes(0, 0, 0)
  return hour.toISOString()
}
