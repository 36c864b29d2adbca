import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { loadCatalogue } from './load-catalogue'

test('a catalogue is read with its sample values as text, whatever byte order mark is before it', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'catalogue-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = path.join(folder, 'fields.json')
  writeFileSync(
    file,
    '\ufeff{"logs":[{"keypath":"$d.status","type":"number","sample_values":[200,true,"x"]}]}',
  )

  assert.deepEqual(loadCatalogue(file), {
    logs: [{ keypath: '$d.status', type: 'number', description: '', sample_values: ['200', 'true', 'x'] }],
    spans: [],
  })
})
