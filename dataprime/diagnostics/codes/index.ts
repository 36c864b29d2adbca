/**
 * Every diagnostic there is, one factory a code. Codes are stable: a code that is no longer used is not
 * given to another meaning. DP00xx the text, DP01xx the shape of a query, DP02xx forms of other
 * languages, DP03xx what the words mean, DP04xx doubtful but accepted; those of types are in one file.
 */
export * from './doubtful'
export * from './foreign'
export * from './meaning'
export * from './misleading'
export * from './shape'
export * from './text'
export * from './types'
