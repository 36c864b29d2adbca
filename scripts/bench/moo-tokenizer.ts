import moo from 'moo'

/**
 * The tokens of DataPrime for a public tokenizer, which the language core is measured beside. It takes the text
 * apart and does nothing else: no trees, no checks, no recovery, and no telling of a slash that divides from one
 * that begins a pattern.
 */
const lexer = moo.compile({
  blank: { match: /[ \t\r\n]+/, lineBreaks: true },
  comment: { match: /\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//, lineBreaks: true },
  string: { match: /'(?:\\[\s\S]|[^'\\])*'|"(?:\\[\s\S]|[^"\\])*"|`(?:\\[\s\S]|[^`\\])*`/, lineBreaks: true },
  interval: /(?:[0-9]+(?:ms|us|ns|[dhms]))+(?![A-Za-z0-9_])/,
  number: /[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/,
  name: /\$?[A-Za-z_][A-Za-z0-9_]*/,
  operator: [
    '==',
    '!=',
    '<=',
    '>=',
    '&&',
    '||',
    '~~',
    '->',
    '=>',
    '<',
    '>',
    '=',
    '!',
    '~',
    '+',
    '-',
    '*',
    '/',
    '%',
  ],
  mark: ['|', '(', ')', '[', ']', '{', '}', ',', '.', ':', '@', ';', '?'],
})

/** How many tokens a text has, blanks and comments left out. Throws at a character that begins none. */
export function countTokens(text: string): number {
  lexer.reset(text)
  let count = 0
  for (let token = lexer.next(); token !== undefined; token = lexer.next()) {
    if (token.type !== 'blank' && token.type !== 'comment') count++
  }
  return count
}
