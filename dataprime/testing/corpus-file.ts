/**
 * Markdown files of cases: tests, documentation and examples at once. A case is a heading and fenced blocks:
 * the query (`dataprime`), how it is analysed (`options`, only where it is not the usual way), then what is
 * made of it, in blocks whose names are up to the corpus. Text outside the blocks is for people.
 *
 * A line of `options` is the word `strict`, or a field of the catalogue: dataset, keypath and type, such as
 * `logs $d.status_code number`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { AnalyseOptions } from '../analyse'
import type { CatalogueField } from '../catalogue/field-catalogue'

export interface CorpusCase {
  readonly title: string
  readonly query: string
  readonly options: AnalyseOptions
  readonly expected: ReadonlyMap<string, string>
}

export interface CorpusFile {
  readonly name: string
  readonly path: string
  readonly text: string
  readonly cases: readonly CorpusCase[]
}

/** What is made of a query: the text of each block, by the block's name. */
export type Results = (query: string, options: AnalyseOptions) => ReadonlyMap<string, string>

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
export function rewriteCorpus(file: CorpusFile, results: Results): string {
  const sections = splitSections(file.text).map((section) => {
    const [test] = readCase(section)
    if (test === undefined) return section
    const given = section.includes('```options\n') ? '```options\n' : '```dataprime\n'
    const givenEnd = section.indexOf('\n```\n', section.indexOf(given)) + '\n```\n'.length
    const blocks = [...results(test.query, test.options)].map(
      ([name, text]) => `\`\`\`${name}\n${text}\n\`\`\`\n`,
    )
    return `${section.slice(0, givenEnd)}${blocks.join('')}\n`
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
  const options = readOptions(blocks.get('options') ?? '')
  blocks.delete('dataprime')
  blocks.delete('options')
  return [{ title, query, options, expected: blocks }]
}

function readOptions(block: string): AnalyseOptions {
  const lines = block.split('\n').filter((line) => line !== '')
  const catalogue = { logs: [] as CatalogueField[], spans: [] as CatalogueField[] }
  for (const line of lines.filter((line) => line !== 'strict')) {
    const [, dataset, keypath, type] = /^(logs|spans) (.*) (\S+)$/.exec(line) ?? []
    if (keypath === undefined || type === undefined) throw new Error(`no option: ${line}`)
    catalogue[dataset as 'logs' | 'spans'].push({ keypath, type })
  }
  const strict = lines.includes('strict')
  const isListed = catalogue.logs.length + catalogue.spans.length > 0
  return isListed ? { strict, catalogue } : { strict }
}
