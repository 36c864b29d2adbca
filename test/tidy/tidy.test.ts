import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { packageRoot, SERVICE_KEYS } from '#shared/config'
import { GENERATED_FILES } from '../../scripts/generate/generated-files'
import { createOpenApiDocument } from '../../services/gateway/openapi'
import { codeOf, isTest, type SourceFile, sourceFiles, withoutStrings } from './source-files'

const typescript = sourceFiles('.ts')
const code = typescript.filter((file) => !isTest(file))
const documents = sourceFiles('.md').filter((file) => !file.path.includes('/corpus/'))

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

  assert.deepEqual(linesWith(/\bprocess\.env\b/, elsewhere.map(withoutStrings)), [])
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
  const asserts = /\bassert(?:\.\w+)?\(|\bassert\w+\(|\bdescribeDriver\(|\brunCorpus\(/

  const silent = tests.filter((file) => !asserts.test(codeOf(file)))

  assert.deepEqual(
    silent.map((file) => file.path),
    [],
  )
})

test('npm test runs every test file but the failure runs, which have a command of their own', () => {
  const patterns = [...(npmScripts().test ?? '').matchAll(/"(dist\/[^"]+)"/g)].map(
    ([, pattern]) => pattern as string,
  )
  assert.ok(patterns.length > 0)
  const compiled = typescript
    .filter(({ path: file }) => file.endsWith('.test.ts') && !file.startsWith('test/failures/'))
    .map(({ path: file }) => `dist/${file.replace(/\.ts$/, '.js')}`)

  const forgotten = compiled.filter((file) => !patterns.some((pattern) => path.matchesGlob(file, pattern)))

  assert.deepEqual(forgotten, [])
})

test('a comment about assertions is no assertion', () => {
  const commented = "// assert.ok(true)\n/* assert(x) */\nconst url = 'http://x' // assert(y)\n"

  assert.doesNotMatch(codeOf({ path: 'some.test.ts', text: commented }), /assert/)
  assert.match(codeOf({ path: 'some.test.ts', text: "get('http://x'); assert.ok(a)" }), /assert\.ok\(/)
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

function npmScripts(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')).scripts
}

test('every npm script that the documentation names exists', () => {
  const scripts = npmScripts()
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

test('every shell script that the documentation names exists and can be run', () => {
  const named = documents.flatMap((file) =>
    [...file.text.matchAll(/(?:\.\/)?\bscripts\/[\w-]+\.sh\b/g)].map((match) => ({
      file: file.path,
      script: match[0].replace(/^\.\//, ''),
    })),
  )
  assert.ok(named.length > 3)

  const unusable = named.filter(({ script }) => !isExecutable(path.join(packageRoot(), script)))

  assert.deepEqual(unusable, [])
})

function isExecutable(file: string): boolean {
  return existsSync(file) && (statSync(file).mode & 0o111) === 0o111
}

test('every endpoint that the README calls with curl is one of the contract', () => {
  const readme = documents.find((file) => file.path === 'README.md')?.text ?? ''
  const calls = [...readme.matchAll(/curl[^\n]*?http:\/\/127\.0\.0\.1:5000(\/[\w/$-]*)/g)]
  // What the reader fills in is a variable of the shell; a conversation has any name.
  const called = calls.map((match) =>
    (match[1] as string)
      .replace(/\$(\w+)/g, '{$1}')
      .replace(/conversations\/[\w-]+$/, 'conversations/{conversation_id}'),
  )
  assert.ok(called.length > 0, 'the README shows no call')
  const limits = { questionLengthMax: 1_000, queryLengthMax: 1_000, timeoutMaxMs: 1_000 }
  const { paths } = createOpenApiDocument(limits, '0.0.0') as { paths: Record<string, unknown> }

  const unknown = called.filter((endpoint) => !(endpoint in paths))

  assert.deepEqual(unknown, [])
})

test('relative links in the documentation lead somewhere', () => {
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
