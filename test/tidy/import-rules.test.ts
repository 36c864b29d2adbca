import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { importsOf, isTest, type SourceFile, sourceFiles } from './source-files'

const files = sourceFiles('.ts')
const code = files.filter((file) => !isTest(file))

/** Order of the modules in `shared/`: each may import those before it. */
const SHARED_ORDER = [
  'timing',
  'errors',
  'config',
  'telemetry',
  'contracts',
  'pathways',
  'monitoring',
  'http',
  'sqlite',
  'idempotency',
  'messaging',
  'service',
]

function violations(
  inFolder: (file: SourceFile) => boolean,
  isAllowed: (specifier: string, file: SourceFile) => boolean,
  among: readonly SourceFile[] = code,
): string[] {
  const checked = among.filter(inFolder)
  assert.ok(checked.length > 0, 'no file was read')
  return checked.flatMap((file) =>
    importsOf(file)
      .filter((specifier) => !isAllowed(specifier, file))
      .map((specifier) => `${file.path} imports ${specifier}`),
  )
}

/** Where a relative import leads, from the package root; undefined for packages and `#` imports. */
function resolved(specifier: string, file: SourceFile): string | undefined {
  return specifier.startsWith('.') ? path.posix.join(path.posix.dirname(file.path), specifier) : undefined
}

const staysIn = (folder: string) => (specifier: string, file: SourceFile) => {
  const target = resolved(specifier, file)
  return target === undefined || target === folder || target.startsWith(`${folder}/`)
}

test('the files of every area are read', () => {
  for (const folder of ['dataprime/', 'services/', 'shared/', 'inspector/', 'scripts/']) {
    const count = code.filter((file) => file.path.startsWith(folder)).length
    assert.ok(count >= 5, `${folder} has only ${count} files`)
  }
  const imports = code.flatMap(importsOf)
  assert.ok(imports.length > code.length, 'imports are not recognised')
})

test('the language imports nothing of ours and no package', () => {
  const found = violations(
    (file) => file.path.startsWith('dataprime/'),
    (specifier, file) => specifier.startsWith('.') && staysIn('dataprime')(specifier, file),
  )

  assert.deepEqual(found, [])
})

test('shared imports neither services, inspector, scripts nor the language', () => {
  const found = violations(
    (file) => file.path.startsWith('shared/'),
    (specifier, file) => specifier !== '#dataprime' && staysIn('shared')(specifier, file),
  )

  assert.deepEqual(found, [])
})

test('inside shared nothing imports upwards or past the door of a module', () => {
  const found = violations(
    (file) => file.path.startsWith('shared/'),
    (specifier, file) => {
      const module = file.path.split('/')[1] as string
      if (specifier.startsWith('.')) return staysIn(`shared/${module}`)(specifier, file)
      if (!specifier.startsWith('#shared/')) return true
      return SHARED_ORDER.indexOf(specifier.slice('#shared/'.length)) < SHARED_ORDER.indexOf(module)
    },
  )

  assert.deepEqual(found, [])
})

test('every module of shared has a place in the order', () => {
  const modules = new Set(
    code.filter((file) => file.path.startsWith('shared/')).map((file) => file.path.split('/')[1]),
  )

  assert.deepEqual([...modules].sort(), [...SHARED_ORDER].sort())
})

test('a service imports shared, the language and itself, never another service', () => {
  const found = violations(
    (file) => file.path.startsWith('services/'),
    (specifier, file) => staysIn(file.path.split('/').slice(0, 2).join('/'))(specifier, file),
    files.filter((file) => file.path.startsWith('services/')),
  )

  assert.deepEqual(found, [])
})

/** A package that only some places may import, and why. */
const FENCED: readonly { packages: RegExp; allowed: RegExp; why: string }[] = [
  {
    packages: /^@opentelemetry\/(?!api$|api\/)/,
    allowed: /^shared\/telemetry\//,
    why: 'the SDK is set up in one place; everyone else uses the API',
  },
  {
    packages: /^@datadog\/sketches-js$/,
    allowed: /^shared\/pathways\//,
    why: 'one place knows how quantiles are kept',
  },
  { packages: /^better-sqlite3$/, allowed: /^shared\/sqlite\//, why: 'one place opens databases' },
  {
    packages: /^openai$/,
    allowed: /^services\/query\/generation\/openai\//,
    why: 'the model is one adapter',
  },
  { packages: /^axios$/, allowed: /^shared\/http\//, why: 'one client turns failures into errors' },
  {
    packages: /^amqplib$/,
    allowed: /^shared\/messaging\/drivers\/rabbitmq\//,
    why: 'the broker is one driver',
  },
  { packages: /^pino(-pretty)?$/, allowed: /^shared\/telemetry\//, why: 'one place sets up logging' },
]

for (const { packages, allowed, why } of FENCED) {
  test(`${packages.source} is imported only where ${allowed.source} matches: ${why}`, () => {
    const found = violations(
      (file) => !allowed.test(file.path),
      (specifier) => !packages.test(specifier),
    )

    assert.deepEqual(found, [])
  })
}
