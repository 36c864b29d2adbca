import { timestampNull } from '../diagnostics/codes'
import { type Diagnostic, replaceText, withFix } from '../diagnostics/diagnostic'
import { printExpression } from '../format/print'
import { readSpokenInterval } from '../syntax/spoken-interval'
import type { Node, TimestampLiteral } from '../tree/ast'
import type { Rule } from './check-context'
import { momentOfDigits, momentOfText } from './moment'

/** A timestamp literal is a date, a date and a time, `now`, or a count of ten digits or more; anything else is null. */
export const checkTimestampLiteral: Rule = ({ stages, nodesOfKind, isMisread, report }) => {
  if (nodesOfKind('TimestampLiteral').every(namesMoment)) return
  for (const { nodes, parents } of stages) {
    for (const [index, node] of nodes.entries()) {
      if (node.kind !== 'TimestampLiteral' || namesMoment(node) || isMisread(node.operand)) continue
      const parent = nodes[parents[index] as number]
      report(settled(timestampNull(node.range, printExpression(node.operand), undefined), node, parent))
    }
  }
}

/** What is in parentheses is an expression like any other, which is converted as it comes. */
function namesMoment({ operand, inNanoseconds, range }: TimestampLiteral): boolean {
  const inParentheses = inNanoseconds === true || operand.range.start > range.start + 1
  if (inParentheses) return true
  if (operand.kind === 'StringLiteral') {
    return operand.value === 'now' || !Number.isNaN(momentOfText(operand.value))
  }
  return operand.kind !== 'NumberLiteral' || !Number.isNaN(momentOfDigits(operand.text))
}

function settled(diagnostic: Diagnostic, { operand, range }: TimestampLiteral, parent: Node | undefined) {
  const meant = operand.kind === 'StringLiteral' ? readTime(operand.value) : undefined
  if (meant === undefined) return diagnostic
  const text = meant.includes(' ') && !standsAlone(parent) ? `(${meant})` : meant
  return withFix({ ...diagnostic, hints: [`use ${meant}`] }, `write ${meant}`, replaceText(range, text))
}

const RELATIVE = /^(?:now)?\s*([+-])\s*(\d.*)$/i

/** The expression that a text such as `now-1h` or `2025-03-01 08:15` was meant to be. */
function readTime(text: string): string | undefined {
  const trimmed = text.trim()
  if (trimmed.toLowerCase() === 'now') return "@'now'"
  const [, sign, length] = RELATIVE.exec(trimmed) ?? []
  // A month is no interval, and an M no minute.
  const interval = length === undefined || /\dM$/.test(length) ? undefined : readSpokenInterval(length)
  if (interval !== undefined) return `@'now' ${sign} ${interval}`
  if (!Number.isNaN(momentOfDigits(trimmed))) return `@${trimmed}`
  const dated = trimmed.replace(/^(\d{4}-\d\d-\d\d)[ t](?=\d)/, '$1T').replace(/ ?z$/i, 'Z')
  return Number.isNaN(momentOfText(dated)) ? undefined : `@'${dated}'`
}

/** Whether a difference needs no parentheses in the place of the literal. */
function standsAlone(parent: Node | undefined): boolean {
  if (parent?.kind === 'BinaryExpression') return !/^[-+*/%]$/.test(parent.operator)
  return (
    parent?.kind !== 'MethodCallExpression' &&
    parent?.kind !== 'CastExpression' &&
    parent?.kind !== 'MemberExpression'
  )
}
