import { styleText } from 'node:util'

/** Told apart on dark and on light backgrounds; red is left to errors. */
const COLORS = [
  'cyan',
  'magenta',
  'green',
  'yellow',
  'blue',
  'cyanBright',
  'magentaBright',
  'blueBright',
] as const

/** Puts a child's name before a line: padded so that lines begin in one column, and in the child's own colour. */
export function createPrefixer(names: readonly string[], color: boolean) {
  const width = Math.max(0, ...names.map((name) => name.length))
  const prefixes = new Map(names.map((name, index) => [name, toPrefix(name.padEnd(width), index)]))

  function toPrefix(padded: string, index: number): string {
    const text = `${padded} | `
    return color ? styleText(COLORS[index % COLORS.length] ?? 'cyan', text, { validateStream: false }) : text
  }

  return (name: string, line: string): string => `${prefixes.get(name) ?? `${name.padEnd(width)} | `}${line}`
}
