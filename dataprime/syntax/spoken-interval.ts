import { SPOKEN_UNITS } from '../catalogue/unit-spellings'
import { INTERVAL_UNITS } from './interval'

const LONGEST = 40
const PART = /([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)[\s,]*(?:and\s+)?/gy

/**
 * The interval literal for a length of time as people write it: `24 hours`, `5min`, `1.5h`, `2 weeks`,
 * `1h 30m`. Undefined for a text that is none.
 */
export function readSpokenInterval(text: string): string | undefined {
  if (text.length > LONGEST) return undefined
  const lower = text.trim().toLowerCase()
  const parts: { readonly amount: number; readonly unit: string }[] = []
  PART.lastIndex = 0
  let end = 0
  for (let match = PART.exec(lower); match !== null; match = PART.exec(lower)) {
    const unit = SPOKEN_UNITS.get(match[2] as string)
    if (unit === undefined) return undefined
    parts.push({ amount: Number(match[1]), unit })
    end = PART.lastIndex
  }
  if (parts.length === 0 || end < lower.length) return undefined
  const [first, second] = parts
  if (second === undefined && first !== undefined && Number.isInteger(first.amount) && first.unit !== 'w') {
    return `${first.amount}${first.unit}`
  }
  return writeInterval(
    parts.reduce((sum, { amount, unit }) => sum + amount * (INTERVAL_UNITS.get(unit) as number), 0),
  )
}

/** A length in nanoseconds as an interval literal, without weeks: their unit is not documented. */
function writeInterval(nanoseconds: number): string | undefined {
  if (!Number.isSafeInteger(nanoseconds) || nanoseconds === 0) return undefined
  let rest = nanoseconds
  let text = ''
  for (const [unit, length] of INTERVAL_UNITS) {
    if (unit === 'w') continue
    const count = Math.floor(rest / length)
    if (count > 0) text += `${count}${unit}`
    rest -= count * length
  }
  return text
}
