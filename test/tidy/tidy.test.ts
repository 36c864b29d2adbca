import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { packageRoot, SERVICE_KEYS } from '#shared/config'
import { GENERATED_FILES } from '../../scripts/generate/generated-files'
import { isTest, type SourceFile, sourceFiles } from './source-files'

const typescript = sourceFiles('.ts')
const code = typescript.filter((file) => !isTest(file))

function linesWith(pattern: RegExp, files: readonly SourceFile[]): string[] {
  assert.ok(files.length > 0, 'no file was read')
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .map((line, index) => ({ line, place: `${file.path}:${index + 1}` }))
      .filter(({ line }) => pattern.test(line))
      .map(({ line, place }) => `${place} ${line.trim()}`),
  )
}

test('the environment is read in shared/config alone', () => {
  const elsewhere = code.filter((file) => !file.path.startsWith('shared/config/'))

  assert.deepEqual(linesWith(/(?<!')\bprocess\.env\b/, elsewhere), [])
})

test('nothing but scripts writes to the console', () => {
  const elsewhere = code.filter((file) => !file.path.startsWith('scripts/'))

  assert.deepEqual(linesWith(/\bconsole\.\w+\(/, elsewhere), [])
})

test('no test is narrowed or skipped without a reason', () => {
  const tests = typescript.filter((file) => isTest(file) && file.path !== 'test/tidy/tidy.test.ts')

  assert.deepEqual(
    linesWith(/\b(?:it|test|describe)\.(?:only|todo)\(|\bonly: *true|\bskip: *true/, tests),
    [],
  )
})

test('nothing is marked as unfinished', () => {
  const words = ['TODO', 'FIXME', 'XXX', 'not implemented', 'for now'].join('|')

  assert.deepEqual(linesWith(new RegExp(`\\b(?:${words})\\b`), code), [])
})

test('every test file asserts something', () => {
  const tests = typescript.filter((file) => file.path.endsWith('.test.ts'))
  assert.ok(tests.length > 10)

  const silent = tests.filter((file) => !/\bassert\b|\bdescribeDriver\b|\brunCorpus\b/.test(file.text))

  assert.deepEqual(
    silent.map((file) => file.path),
    [],
  )
})

for (const [file, render] of Object.entries(GENERATED_FILES)) {
  test(`${file} is what npm run generate writes`, () => {
    const written = readFileSync(path.join(packageRoot(), file), 'utf8')

    assert.equal(written, render())
  })
}

test('every service has a README with the five headings', () => {
  const headings = ['Purpose', 'Calls and is called by', 'Endpoints', 'Messages', 'Variables']
  for (const key of SERVICE_KEYS) {
    const file = path.join(packageRoot(), 'services', key, 'README.md')
    assert.ok(existsSync(file), `${key} has no README`)
    const found = readFileSync(file, 'utf8')
      .match(/^## .+$/gm)
      ?.map((heading) => heading.slice(3))
    assert.deepEqual(found, headings, `services/${key}/README.md`)
  }
})

test('every npm script that the documentation names exists', () => {
  const scripts: Record<string, string> = JSON.parse(
    readFileSync(path.join(packageRoot(), 'package.json'), 'utf8'),
  ).scripts
  const documents = sourceFiles('.md').filter((file) => !file.path.includes('/corpus/'))
  const named = documents.flatMap((file) =>
    [...file.text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map((match) => ({
      file: file.path,
      script: match[1],
    })),
  )
  assert.ok(named.length > 5)

  const missing = named.filter(({ script }) => script !== undefined && !(script in scripts))

  assert.deepEqual(missing, [])
})

test('relative links in the documentation lead somewhere', () => {
  const documents = sourceFiles('.md').filter((file) => !file.path.includes('/corpus/'))
  const links = documents.flatMap((file) =>
    [...file.text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => ({
      file: file.path,
      target: path.posix.join(path.posix.dirname(file.path), match[1] as string),
    })),
  )
  assert.ok(links.length > 5)

  const broken = links.filter(({ target }) => !existsSync(path.join(packageRoot(), target)))

  assert.deepEqual(broken, [])
})

test('no path of a machine and no download address is in a tracked file', () => {
  const everything = sourceFiles('').filter((file) => !file.path.endsWith('.png'))
  const home = homedir()
  const places = [path.dirname(packageRoot()), ...(home === '/' ? [] : [home])].filter(
    (place) => place.length > 4,
  )

  const found = everything.filter((file) => places.some((place) => file.text.includes(`${place}/`)))

  assert.deepEqual(
    found.map((file) => file.path),
    [],
  )
  const lock = readFileSync(path.join(packageRoot(), 'package-lock.json'), 'utf8')
  assert.ok(!/"resolved": "http/.test(lock), 'package-lock.json holds download addresses')
})
