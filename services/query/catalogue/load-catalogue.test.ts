import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { defaultCatalogue, loadCatalogue } from './load-catalogue'

describe('loading a catalogue', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'))
  after(() => rmSync(folder, { recursive: true }))

  function aFile(name: string, text: string): string {
    const file = join(folder, name)
    writeFileSync(file, text)
    return file
  }

  it('without a file is the built-in one, with logs and spans', () => {
    assert.equal(loadCatalogue(), defaultCatalogue)
    assert.equal(loadCatalogue(''), defaultCatalogue)
    assert.ok(defaultCatalogue.logs.length > 20 && defaultCatalogue.spans.length > 10)
  })

  it('reads a file', () => {
    const file = aFile('one.json', JSON.stringify({ logs: [{ keypath: '$d.a', type: 'string' }] }))

    assert.equal(loadCatalogue(file).logs[0]?.keypath, '$d.a')
  })

  it('names the file and every problem in it', () => {
    const file = aFile('two.json', JSON.stringify({ logs: [{ keypath: '', type: 'string' }, { type: 'x' }] }))

    assert.throws(() => loadCatalogue(file), /two\.json[\s\S]*logs\[0\]\.keypath[\s\S]*logs\[1\]\.keypath/)
  })

  it('names a file that is no JSON or does not exist', () => {
    assert.throws(() => loadCatalogue(aFile('three.json', '{')), /three\.json/)
    assert.throws(() => loadCatalogue(join(folder, 'absent.json')), /absent\.json/)
  })
})
