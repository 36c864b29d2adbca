import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { packageRoot } from '#shared/config'

export interface SourceFile {
  /** From the package root, with forward slashes. */
  readonly path: string
  readonly text: string
}

/** Files of the checkout that are tracked or new, in folders of ours, whose name ends so. */
export function sourceFiles(ending: string): SourceFile[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', `*${ending}`],
    {
      cwd: packageRoot(),
      encoding: 'utf8',
    },
  )
  return listed
    .split('\n')
    .filter((file) => file !== '' && existsSync(path.join(packageRoot(), file)))
    .map((file) => ({ path: file, text: readFileSync(path.join(packageRoot(), file), 'utf8') }))
}

export function isTest(file: SourceFile): boolean {
  return file.path.startsWith('test/') || file.path.endsWith('.test.ts') || file.path.includes('/testing/')
}

/** Module names in `import … from`, `export … from`, `import('…')` and `require('…')`. */
export function importsOf(file: SourceFile): string[] {
  const specifiers = file.text.matchAll(
    /(?:\bfrom\s+|\bimport\s*\(\s*|\brequire\s*\(\s*|^import\s+)'([^']+)'/gm,
  )
  return [...specifiers].map((match) => match[1] as string)
}

const STRINGS_AND_COMMENTS = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g

/** The text without its comments; a `//` inside a string is none. */
export function codeOf(file: SourceFile): string {
  return file.text.replace(STRINGS_AND_COMMENTS, (_match, literal?: string) => literal ?? '')
}

/** The file with every string emptied, its lines where they were. */
export function withoutStrings(file: SourceFile): SourceFile {
  const text = file.text.replace(STRINGS_AND_COMMENTS, (match, literal?: string) =>
    literal === undefined ? match : "''",
  )
  return { ...file, text }
}
