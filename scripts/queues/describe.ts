/** Stands for what nobody can tell. */
export const UNTOLD = '–'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

/** An age in its largest unit, rounded down: a person wants to know whether it is seconds or hours. */
export function describeAge(ageMs: number | null): string {
  if (ageMs === null) return UNTOLD
  for (const [unit, milliseconds] of UNITS) {
    if (ageMs >= milliseconds) return `${Math.floor(ageMs / milliseconds)} ${unit}`
  }
  return `${Math.round(ageMs)} ms`
}
