import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { currentEnvironment, packageRoot } from '#shared/config'

/** Stands in for npm: notes what it was asked for, and leaves what the real one leaves. */
const FAKE_NPM = `#!/bin/sh
echo "npm $*" >> "$CALLS"
case "$1" in
  ci) mkdir -p node_modules/.bin && echo '{}' > node_modules/.package-lock.json
      printf '#!/bin/sh\\necho "node $*"\\n' > node_modules/.bin/node && chmod +x node_modules/.bin/node ;;
  run) mkdir -p dist && touch dist/.build-stamp ;;
  test) exit 7 ;;
esac
`

/** A checkout with the real shell scripts, one source, and npm and Node.js that only say what they are told. */
function aCheckout(t: TestContext) {
  const root = mkdtempSync(path.join(tmpdir(), 'prepare-'))
  t.after(() => rmSync(root, { recursive: true }))
  const at = (...parts: string[]) => path.join(root, ...parts)
  const write = (file: string, text = '') => {
    mkdirSync(path.dirname(at(file)), { recursive: true })
    writeFileSync(at(file), text)
  }
  for (const script of ['prepare.sh', 'start.sh', 'stop.sh', 'test.sh', 'run-built.sh']) {
    cpSync(path.join(packageRoot(), 'scripts', script), at('scripts', script))
  }
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'shared/source.ts']) write(file)
  write('bin/npm', FAKE_NPM)
  chmodSync(at('bin/npm'), 0o755)

  const run = (script: string, args: readonly string[] = []) => runAt(at('scripts', script), args)
  const runAt = (program: string, args: readonly string[] = [], variables: Record<string, string> = {}) => {
    const calls = at('calls')
    rmSync(calls, { force: true })
    const { PATH } = currentEnvironment()
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: tmpdir(),
      encoding: 'utf8',
      env: { PATH: `${at('bin')}:${PATH}`, CALLS: calls, ...variables },
    })
    const npm = existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []
    return { status, stdout: stdout.trim(), stderr, npm }
  }
  const age = (file: string, seconds: number) => {
    const when = Date.now() / 1_000 - seconds
    utimesSync(at(file), when, when)
  }
  /** Makes everything old and the build a little younger: dates are too coarse for what follows at once. */
  const settle = () => {
    for (const file of ['shared/source.ts', 'shared', 'scripts', 'package.json', 'tsconfig.json'])
      age(file, 60)
    age('dist/.build-stamp', 30)
  }
  return { at, write, run, runAt, age, settle }
}

const INSTALL = 'npm ci --no-fund --no-audit --loglevel=error'
const BUILD = 'npm run --silent build'

test('a fresh checkout is installed and built, and the flags are passed on', (t) => {
  const { run } = aCheckout(t)

  const { stdout, npm, status } = run('start.sh', ['--only', 'a b'])

  assert.equal(status, 0)
  assert.deepEqual(npm, [INSTALL, BUILD])
  assert.equal(stdout, 'node dist/scripts/start.js --only a b')
})

test('the scripts find their checkout through links, absolute and relative ones, of files and of folders', (t) => {
  const { at, write, runAt } = aCheckout(t)
  write('dist/scripts/stop.js')
  write('elsewhere/deep/keep')
  for (const script of ['start.sh', 'stop.sh', 'test.sh']) {
    symlinkSync(at('scripts', script), at('elsewhere', script))
    symlinkSync(`../${script}`, at('elsewhere/deep', script))
  }
  symlinkSync(at('scripts'), at('elsewhere/linked'))

  for (const folder of ['elsewhere', 'elsewhere/deep', 'elsewhere/linked']) {
    assert.equal(runAt(at(folder, 'start.sh')).stdout, 'node dist/scripts/start.js')
    assert.equal(runAt(at(folder, 'stop.sh')).stdout, 'node dist/scripts/stop.js')
    assert.equal(runAt(at(folder, 'test.sh')).status, 7)
  }
})

test('nothing is done a second time', (t) => {
  const { run, settle } = aCheckout(t)
  run('start.sh')
  settle()

  const { npm, stderr } = run('start.sh')

  assert.deepEqual(npm, [])
  assert.equal(stderr, '')
})

test('a changed source is built, a changed text is not', (t) => {
  const { run, write, at, settle } = aCheckout(t)
  write('shared/README.md', 'before')
  run('start.sh')
  settle()

  writeFileSync(at('shared/README.md'), 'after')
  assert.deepEqual(run('start.sh').npm, [])

  writeFileSync(at('shared/source.ts'), 'after')
  assert.deepEqual(run('start.sh').npm, [BUILD])
})

test('a build that failed is built again', (t) => {
  const { run, write, at } = aCheckout(t)
  write('bin/npm', FAKE_NPM.replace('run)', 'run) exit 1 ;;\n  never)'))
  assert.equal(run('start.sh').status, 1)
  assert.deepEqual(run('start.sh').npm, [BUILD])

  write('bin/npm', FAKE_NPM)
  chmodSync(at('bin/npm'), 0o755)
  assert.equal(run('start.sh').status, 0)
})

test('a source that was added or removed is built', (t) => {
  const { run, write, at, age, settle } = aCheckout(t)
  run('start.sh')
  settle()

  write('shared/another.ts')
  age('shared/another.ts', 3_600)
  assert.deepEqual(run('start.sh').npm, [BUILD])

  settle()
  rmSync(at('shared/another.ts'))
  assert.deepEqual(run('start.sh').npm, [BUILD])
})

test('a lock file that changed is installed, one that was only touched is not', (t) => {
  const { run, write, age, settle } = aCheckout(t)
  run('start.sh')
  settle()
  age('node_modules/.package-lock.json', 60)

  assert.deepEqual(run('start.sh').npm, [])

  write('package-lock.json', 'changed')
  assert.deepEqual(run('start.sh').npm, [INSTALL])
})

test('packages that another checkout installed are used as they are', (t) => {
  const { run, at, age, write, settle } = aCheckout(t)
  run('start.sh')
  settle()
  age('node_modules/.package-lock.json', 60)
  cpSync(at('node_modules'), at('elsewhere'), { recursive: true, preserveTimestamps: true })
  rmSync(at('node_modules'), { recursive: true })
  symlinkSync(at('elsewhere'), at('node_modules'))
  write('package-lock.json', 'changed')

  assert.deepEqual(run('start.sh').npm, [])
})

test('stopping what was never built installs nothing', (t) => {
  const { run } = aCheckout(t)

  const { stdout, status, npm } = run('stop.sh')

  assert.deepEqual([stdout, status, npm], ['No mesh of this checkout is running.', 0, []])
})

test('the build stamps what it compiled, and nothing when the compiler fails', (t) => {
  const { at, write } = aCheckout(t)
  cpSync(path.join(packageRoot(), 'scripts/build.sh'), at('scripts/build.sh'))
  const build = (tscExitCode: number) => {
    write('node_modules/.bin/tsc', `#!/bin/sh\nexit ${tscExitCode}\n`)
    write('node_modules/.bin/node', '#!/bin/sh\necho "$*" > pruned\n')
    for (const tool of ['tsc', 'node']) chmodSync(at('node_modules/.bin', tool), 0o755)
    return spawnSync('sh', [at('scripts/build.sh')], { cwd: tmpdir() }).status
  }

  assert.equal(build(2), 2)
  assert.ok(!existsSync(at('dist/.build-stamp')))

  assert.equal(build(0), 0)
  assert.ok(existsSync(at('dist/.build-stamp')))
  assert.equal(readFileSync(at('pruned'), 'utf8').trim(), 'dist/scripts/prune-build.js')
})

test('two builds at once do not take the stamp from each other', (t) => {
  const { at, write } = aCheckout(t)
  cpSync(path.join(packageRoot(), 'scripts/build.sh'), at('scripts/build.sh'))
  // The first compiler runs a whole second build before it ends.
  write(
    'node_modules/.bin/tsc',
    '#!/bin/sh\n[ -f second ] && exit 0\ntouch second\nexec sh scripts/build.sh\n',
  )
  write('node_modules/.bin/node', '#!/bin/sh\n')
  for (const tool of ['tsc', 'node']) chmodSync(at('node_modules/.bin', tool), 0o755)

  assert.equal(spawnSync('sh', [at('scripts/build.sh')], { cwd: tmpdir() }).status, 0)
  assert.deepEqual(readdirSync(at('dist')), ['.build-stamp'])
})

test('a command is built before it runs, its output kept clean of that, and fast when there is nothing to build', (t) => {
  const { at, run, settle } = aCheckout(t)

  const first = run('run-built.sh', ['greet', 'a b'])
  settle()
  const second = run('run-built.sh', ['greet'])

  assert.deepEqual(first.npm, [INSTALL, BUILD])
  assert.equal(first.stdout, `node ${at('dist/scripts/greet.js')} a b`)
  assert.match(first.stderr, /Building/)
  assert.deepEqual([second.npm, second.stderr], [[], ''])
})

test('commands that are started at once build once, and none before the build is done', async (t) => {
  const { at, write, run } = aCheckout(t)
  run('run-built.sh', ['greet'])
  for (const made of ['dist', 'calls']) rmSync(at(made), { recursive: true })
  write('bin/npm', FAKE_NPM.replace('run) mkdir', 'run) sleep 0.5; mkdir'))
  write('node_modules/.bin/node', '#!/bin/sh\n[ -f "$BUILT" ] && echo "built"\n')
  const { PATH } = currentEnvironment()
  const env = { PATH: `${at('bin')}:${PATH}`, CALLS: at('calls'), BUILT: at('dist/.build-stamp') }

  const outputs = await Promise.all(
    [1, 2, 3].map(() => text(spawn(at('scripts/run-built.sh'), ['greet'], { env }).stdout)),
  )

  assert.deepEqual(outputs, ['built\n', 'built\n', 'built\n'])
  assert.deepEqual(readFileSync(at('calls'), 'utf8').trim().split('\n'), [BUILD])
  assert.ok(!readdirSync(at('dist')).includes('.build-lock'))
})

test('a lock that a killed build left behind holds nobody up', (t) => {
  const { at, run } = aCheckout(t)
  mkdirSync(at('dist'))
  const gone = spawnSync('true').pid
  symlinkSync(String(gone), at('dist/.build-lock'))

  const { npm, status } = run('run-built.sh', ['greet'])

  assert.deepEqual([npm, status], [[INSTALL, BUILD], 0])
  assert.ok(!readdirSync(at('dist')).includes('.build-lock'))
})

test('a command looks for files where it was called, and npm’s word for that counts only for its own script', (t) => {
  const { at, run, write, runAt } = aCheckout(t)
  run('run-built.sh', ['greet'])
  write('node_modules/.bin/node', '#!/bin/sh\npwd -P\n')
  write('called/from/here')
  const folderOf = (variables: Record<string, string>) =>
    runAt(at('scripts/run-built.sh'), ['greet'], { INIT_CWD: at('called/from'), ...variables }).stdout

  assert.equal(folderOf({ npm_lifecycle_event: 'greet' }), realpathSync(at('called/from')))
  assert.equal(folderOf({ npm_lifecycle_event: 'test' }), realpathSync(tmpdir()))
})

test('test.sh always builds, and ends with the exit code of the tests', (t) => {
  const { run } = aCheckout(t)
  run('start.sh')

  const { npm, status } = run('test.sh', ['--test-name-pattern', 'x'])

  assert.deepEqual(npm, [BUILD, 'npm test -- --test-name-pattern x'])
  assert.equal(status, 7)
})
