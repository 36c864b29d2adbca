/** The only door to the language: everything outside `dataprime/` imports from here. */

export { analyse } from './analyse'
export * from './ast'
export * as build from './build'
export { check } from './check'
export { parse } from './parser'
export { format, print, printExpression, printSegment, printStage } from './print'
