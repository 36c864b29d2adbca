import type { BinaryOperator, Expression } from '../tree/ast'

/** How tightly each binary operator binds; all of them are left-associative. A larger number binds tighter. */
export const BINARY_PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  '||': 1,
  '&&': 2,
  '==': 3,
  '!=': 3,
  '~': 3,
  '~~': 3,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '/': 6,
  '%': 6,
}

export const PREFIX_PRECEDENCE = 7

/** Calls, members, casts, literals: everything that needs no parentheses to stand before a `.` or `:`. */
export const POSTFIX_PRECEDENCE = 8

export function precedenceOf(expression: Expression): number {
  switch (expression.kind) {
    case 'BinaryExpression':
      return BINARY_PRECEDENCE[expression.operator]
    case 'UnaryExpression':
      return PREFIX_PRECEDENCE
    default:
      return POSTFIX_PRECEDENCE
  }
}
