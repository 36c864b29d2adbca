/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`)
  return [`| ${head.join(' | ')} |`, `|${head.map(() => '---').join('|')}|`, ...lines].join('\n')
}

/** Text as code, in a cell of a table too. */
export function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

export function codes(texts: readonly string[]): string {
  return texts.map(code).join(', ')
}
