import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { pruneBuild } from './prune-build'

test('what has lost its source goes, everything else stays', (t) => {
  const root = mkdtempSync(path.join(tmpdir(), 'prune-build-'))
  t.after(() => rmSync(root, { recursive: true }))
  const write = (file: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), '')
  }
  for (const file of [
    'shared/kept.ts',
    'dist/shared/kept.js',
    'dist/shared/kept.js.map',
    'dist/shared/gone.js',
    'dist/shared/gone.js.map',
    'dist/shared/data.json',
    'inspector/page/page.js',
    'dist/inspector/page/page.js',
    'dist/.tsbuildinfo',
  ]) {
    write(file)
  }

  const removed = pruneBuild(root)

  assert.deepEqual(removed.toSorted(), ['dist/shared/gone.js', 'dist/shared/gone.js.map'])
  assert.ok(!existsSync(path.join(root, 'dist/shared/gone.js')))
  assert.ok(existsSync(path.join(root, 'dist/inspector/page/page.js')))
})
