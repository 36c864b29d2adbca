const NS_PER_MS = 1e6

/**
 * A duration of at most 8 columns: milliseconds to three digits up to a second, then seconds, minutes and
 * hours. One unit for everything below a second, so that a column of durations can be compared at a glance.
 */
export function formatDuration(durationNs: number): string {
  const ms = durationNs / NS_PER_MS
  if (ms === 0) return '0 ms'
  if (ms < 0.005) return '<0.01 ms'
  if (ms < 9.995) return `${ms.toFixed(2)} ms`
  if (ms < 99.95) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${ms.toFixed(0)} ms`
  return formatSeconds(ms / 1000)
}

function formatSeconds(seconds: number): string {
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const minutes = Math.round(seconds / 60)
  if (seconds < 3_597) return splitUnits(Math.round(seconds), 'm', 's')
  if (minutes < 100 * 60) return splitUnits(minutes, 'h', 'm')
  return `${Math.round(minutes / 60 / 24)} d`
}

function splitUnits(smallUnits: number, large: string, small: string): string {
  return `${Math.floor(smallUnits / 60)}${large} ${String(smallUnits % 60).padStart(2, '0')}${small}`
}
