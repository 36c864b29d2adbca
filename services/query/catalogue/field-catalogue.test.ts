import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fieldCatalogueSchema } from './field-catalogue'

function problems(input: unknown): string[] {
  const parsed = fieldCatalogueSchema.safeParse(input)
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.')).sort()
}

describe('a field catalogue', () => {
  it('may leave out everything but keypath and type, and one of its lists', () => {
    const catalogue = fieldCatalogueSchema.parse({ logs: [{ keypath: 'status', type: 'number' }] })

    assert.deepEqual(catalogue, { logs: [{ keypath: 'status', type: 'number', description: '' }], spans: [] })
  })

  it('ignores keys it does not know', () => {
    const catalogue = fieldCatalogueSchema.parse({
      logs: [{ keypath: '$d.a', type: 'string', owner: 'x' }],
      version: 2,
    })

    assert.equal('version' in catalogue, false)
    assert.equal('owner' in (catalogue.logs[0] as object), false)
  })

  it('points at what is wrong', () => {
    assert.deepEqual(
      problems({
        logs: [
          { keypath: '$d.a', type: 'string' },
          { keypath: "$d['open", type: '' },
        ],
      }).sort(),
      ['logs.1.keypath', 'logs.1.type'],
    )
    assert.deepEqual(problems({ spans: [{ keypath: '$d.a', type: 'string', sample_values: [{}] }] }), [
      'spans.0.sample_values.0',
    ])
  })

  it('holds at least one field', () => {
    assert.equal(problems({}).length, 1)
    assert.equal(problems(null).length, 1)
  })

  it('is bounded', () => {
    const many = Array.from({ length: 2_001 }, (_, index) => ({ keypath: `$d.f${index}`, type: 'string' }))

    assert.deepEqual(problems({ logs: many }), ['logs'])
  })
})
