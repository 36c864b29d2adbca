/** The units of interval literals in nanoseconds. The week occurs in one vendor file and in no documentation. */
export const INTERVAL_UNITS: ReadonlyMap<string, number> = new Map([
  ['w', 604_800e9],
  ['d', 86_400e9],
  ['h', 3_600e9],
  ['m', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1],
])

/** The signed length in nanoseconds of an interval literal such as `1d12h` or `-3d`. */
export function intervalNanoseconds(text: string): number {
  const negative = text.startsWith('-')
  let total = 0
  for (const [, digits, unit] of text.matchAll(/([0-9.]+)([a-z]+)/g)) {
    total += Number(digits) * (INTERVAL_UNITS.get(unit as string) ?? 0)
  }
  return negative ? -total : total
}

const SPOKEN_UNITS = [
  ['day', 86_400e9],
  ['hour', 3_600e9],
  ['minute', 60e9],
  ['second', 1e9],
  ['millisecond', 1e6],
  ['microsecond', 1e3],
  ['nanosecond', 1],
] as const

/** An interval in words: "hour", "90 minutes", "1 day and 12 hours"; one of something is said without the number by `bareOne`. */
export function speakInterval(nanoseconds: number, bareOne = false): string {
  const parts: string[] = []
  let rest = Math.abs(nanoseconds)
  const even = SPOKEN_UNITS.find(([, length]) => rest >= length && rest % length === 0)
  // Ninety minutes are easier to grasp than one hour and thirty minutes.
  if (even !== undefined && rest / even[1] <= 120) {
    const count = rest / even[1]
    if (count === 1) return bareOne ? even[0] : `1 ${even[0]}`
    return `${count} ${even[0]}s`
  }
  for (const [name, length] of SPOKEN_UNITS) {
    const count = Math.floor(rest / length)
    if (count === 0) continue
    parts.push(`${count} ${name}${count === 1 ? '' : 's'}`)
    rest -= count * length
  }
  if (parts.length === 0) return '0 seconds'
  return parts.length === 1 ? (parts[0] as string) : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
