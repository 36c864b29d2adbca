/**
 * Markdown files of cases: tests, documentation and examples at once. A case is a heading and fenced blocks:
 * the query (`dataprime`), then what is made of it, in blocks whose names are up to the corpus. Text outside
 * the blocks is for people.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface CorpusCase {
  readonly title: string
  readonly query: string
  readonly expected: ReadonlyMap<string, string>
}

export interface CorpusFile {
  readonly name: string
  readonly path: string
  readonly text: string
  readonly cases: readonly CorpusCase[]
}

/** Compiled tests run from another folder than the Markdown stands in. */
function packageRoot(): string {
  let folder = __dirname
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
}

/** The corpus in a folder of the language, `corpus` or one below it. */
export function readCorpus(place = 'corpus'): readonly CorpusFile[] {
  const folder = join(packageRoot(), 'dataprime', place)
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => {
      const path = join(folder, name)
      const text = readFileSync(path, 'utf8')
      return { name, path, text, cases: splitSections(text).flatMap(readCase) }
    })
}

/** The file with the blocks after each query written anew. */
export function rewriteCorpus(
  file: CorpusFile,
  results: (query: string) => ReadonlyMap<string, string>,
): string {
  const sections = splitSections(file.text).map((section) => {
    const [test] = readCase(section)
    if (test === undefined) return section
    const queryEnd = section.indexOf('\n```\n', section.indexOf('```dataprime\n')) + '\n```\n'.length
    const blocks = [...results(test.query)].map(([name, text]) => `\`\`\`${name}\n${text}\n\`\`\`\n`)
    return `${section.slice(0, queryEnd)}${blocks.join('')}\n`
  })
  return `${sections.join('').trimEnd()}\n`
}

/** The text before the first heading, then each heading of the second level with what is below it. */
function splitSections(text: string): readonly string[] {
  return text.split(/^(?=## )/m)
}

function readCase(section: string): readonly CorpusCase[] {
  const title = /^## (.*)$/m.exec(section)?.[1]
  if (title === undefined) return []
  const blocks = new Map<string, string>()
  for (const [, name, text] of section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    blocks.set(name as string, (text as string).replace(/\n$/, ''))
  }
  const query = blocks.get('dataprime')
  if (query === undefined) throw new Error(`no query in the case "${title}"`)
  blocks.delete('dataprime')
  return [{ title, query, expected: blocks }]
}
