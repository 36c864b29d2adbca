/** The moments that timestamp literals name. */

/** What a number of so many digits counts, in milliseconds. */
const EPOCH_UNITS: ReadonlyMap<number, number> = new Map([
  [10, 1e3],
  [13, 1],
  [16, 1e-3],
  [19, 1e-6],
])

/** The moment that the digits of a number count up to, in milliseconds; NaN when there are not as many as documented. */
export function momentOfDigits(digits: string): number {
  const unit = /^\d+$/.test(digits) ? EPOCH_UNITS.get(digits.length) : undefined
  return unit === undefined ? Number.NaN : Number(digits) * unit
}

const DATE_TIME = /^(\d{4}-\d\d-(\d\d))(?:T(\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d(?::?\d\d)?)?)?$/

/** The moment that a text names, in milliseconds; NaN when it names none. Times without a zone are UTC. */
export function momentOfText(text: string): number {
  const [, date, day, time = '00:00', zone = 'Z'] = DATE_TIME.exec(text) ?? []
  // The time of a date that there is not, such as the 30th of February, is that of another day.
  const midnight = new Date(`${date}T00:00Z`)
  if (midnight.getUTCDate() !== Number(day)) return Number.NaN
  return Date.parse(`${date}T${time}${fullZone(zone)}`)
}

/** `+02` and `+0200` as `+02:00`. */
function fullZone(zone: string): string {
  if (zone === 'Z') return zone
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  return `${zone.charAt(0)}${digits.slice(0, 2)}:${digits.slice(2)}`
}
