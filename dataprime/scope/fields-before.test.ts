import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { print } from '../format/print'
import { parse } from '../syntax/parser'
import { arbitraryQuery } from '../testing/arbitrary-query'
import { fieldsBefore } from './fields-before'
import { readingsOf } from './readings'
import type { ScopeOptions } from './records'

const CATALOGUE: ScopeOptions['catalogue'] = {
  logs: [
    { keypath: '$d.request.path', type: 'string' },
    { keypath: '$d.request', type: 'object' },
    { keypath: "$d.tags['http.route']", type: 'string' },
    { keypath: 'status_code', type: 'number' },
    { keypath: 'not a keypath', type: 'number' },
    { keypath: '$m.severity', type: 'string' },
  ],
  spans: [],
}

function fieldsAfter(text: string, options?: ScopeOptions) {
  const { query } = parse(text)
  return fieldsBefore(query, query.stages.length, options)
}

/** What is left after a query, without what logs always have. */
function namesAfter(text: string): readonly string[] {
  const { fields } = fieldsAfter(text)
  return fields.filter(({ origin }) => origin === 'query').map(({ keypath }) => keypath)
}

describe('the records of a dataset', () => {
  test('logs have their metadata and labels, and any data', () => {
    const { closed, fields } = fieldsAfter('source logs')

    assert.equal(closed, false)
    assert.deepEqual(
      fields.find(({ keypath }) => keypath === '$m.severity'),
      { keypath: '$m.severity', type: 'severity', origin: 'dataset' },
    )
    assert.ok(fields.some(({ keypath }) => keypath === '$l.applicationname'))
    assert.ok(!fields.some(({ keypath }) => keypath === '$l.applicationName'))
  })

  test('spans have others, and some data', () => {
    const names = fieldsAfter('source spans').fields.map(({ keypath }) => keypath)

    assert.ok(
      names.includes('$l.applicationName') && names.includes('$d.traceID') && names.includes('$d.tags'),
    )
    assert.ok(!names.includes('$l.applicationname'))
  })

  test('system datasets have the metadata and labels of logs, and may have others', () => {
    const { closed, fields } = fieldsAfter('source system/engine.queries')

    assert.equal(closed, false)
    assert.ok(fields.some(({ keypath }) => keypath === '$m.timestamp'))
  })

  test('of other datasets nothing is known', () => {
    assert.deepEqual(fieldsAfter('source users'), { closed: false, fields: [] })
  })

  test('without a source the fields of logs are likely', () => {
    assert.deepEqual(fieldsAfter('filter a == 1'), fieldsAfter('source logs'))
    assert.deepEqual(fieldsBefore(parse('filter a == 1').query, 0), fieldsAfter('source logs'))
  })

  test('a catalogue adds its fields and the objects they lie in', () => {
    const { closed, fields } = fieldsAfter('source logs', { catalogue: CATALOGUE })

    assert.equal(closed, false)
    assert.deepEqual(
      fields.filter(({ origin }) => origin === 'catalogue'),
      [
        { keypath: '$d.request', type: 'object', origin: 'catalogue' },
        { keypath: '$d.request.path', type: 'string', origin: 'catalogue' },
        { keypath: '$d.status_code', type: 'number', origin: 'catalogue' },
        { keypath: '$d.tags', type: 'object', origin: 'catalogue' },
        { keypath: "$d.tags['http.route']", type: 'string', origin: 'catalogue' },
      ],
    )
  })

  test('in strict mode the catalogue lists all data there is', () => {
    assert.equal(fieldsAfter('source logs', { catalogue: CATALOGUE, strict: true }).closed, true)
    assert.equal(fieldsAfter('source spans', { catalogue: CATALOGUE, strict: true }).closed, false)
    assert.equal(fieldsAfter('source logs', { strict: true }).closed, false)
  })
})

describe('stages that keep their results', () => {
  const results: readonly (readonly [string, readonly string[]])[] = [
    ['groupby host, $l.category as c aggregate count() as n', ['$d.host', '$d.c', '$d.n']],
    ['groupby a.b.c', ['$d.c']],
    ['groupby a as x.y aggregate count() as x.z', ['$d.x', '$d.x.y', '$d.x.z']],
    ['multigroupby (a), (a, b as c) aggregate count() as n', ['$d.a', '$d.c', '$d.n']],
    ['aggregate sum(a) as total, avg(b)', ['$d.total']],
    ['count', ['$d._count']],
    ['count into n', ['$d.n']],
    ['countby a, b as c', ['$d.a', '$d.c', '$d._count']],
    ['countby a into n', ['$d.a', '$d.n']],
    ['distinct a, $m.severity', ['$d.a', '$d.severity']],
    ['top 5 a, max(b) as m by max(b)', ['$d.a', '$d.m']],
    ['bottom 5 a by b as c', ['$d.a', '$d.c']],
    ['choose a, b.c, d + 1 as e', ['$d.a', '$d.c', '$d.e']],
    ['explode a into b.c', ['$d.b', '$d.b.c']],
  ]
  for (const [stage, names] of results) {
    test(stage, () => {
      const { closed } = fieldsAfter(`source logs | ${stage}`)

      assert.deepEqual(namesAfter(`source logs | ${stage}`), names)
      assert.equal(closed, true)
    })
  }

  test('no metadata and no labels are left after a grouping', () => {
    const { fields } = fieldsAfter('source logs | groupby host aggregate count() as n')

    assert.ok(fields.every(({ keypath }) => keypath.startsWith('$d.')))
  })

  test('metadata that was chosen may be where it was', () => {
    const { fields } = fieldsAfter('source logs | choose $m.timestamp as t, $l.category, msg')

    assert.deepEqual(
      fields.map(({ keypath }) => keypath),
      ['$d.t', '$d.category', '$d.msg', '$m.timestamp', '$l.category'],
    )
  })

  test('the type of a field goes with it', () => {
    const { fields } = fieldsAfter('source logs | groupby $m.timestamp as t | choose t as u')

    assert.deepEqual(fields, [{ keypath: '$d.u', type: 'timestamp', origin: 'query' }])
  })

  test('a result is of the type of its expression', () => {
    const { fields } = fieldsAfter('source logs | groupby $m.timestamp / 1h as t aggregate count() as n')

    assert.deepEqual(
      fields.map(({ type }) => type),
      ['timestamp', 'number'],
    )
  })

  test('a result without a documented name may have any', () => {
    assert.equal(fieldsAfter('source logs | groupby a:number aggregate count() as n').closed, false)
    assert.equal(fieldsAfter('source logs | choose a + 1').closed, false)
    assert.equal(fieldsAfter('source logs | groupby $d[$p.x] aggregate count() as n').closed, false)
  })
})

describe('stages that add to a row', () => {
  const additions: readonly (readonly [string, readonly string[]])[] = [
    ['create a.b from 1', ['$d.a', '$d.a.b']],
    ['create a + 1 as b', ['$d.b']],
    ['replace a with 1', ['$d.a']],
    ['roundtime to 1h into slot', ['$d.slot']],
    ['roundtime to 1h', []],
    ['enrich a into b using t', ['$d.b']],
    ['explode a into b original preserve', ['$d.b']],
    ['extract a into b using kv()', ['$d.b']],
    ['extract a into b using kv() datatypes c:number', ['$d.b', '$d.b.c']],
    ['extract a into b using regexp(e=/(?<x>.)\\(?<y>.(?<z>.)/)', ['$d.b', '$d.b.x', '$d.b.z']],
    ['extract a into $d using regexp(e=/(?<x>.)/)', ['$d.x']],
    ['join (source spans | choose a, b as c) using a into t', ['$d.t', '$d.t.a', '$d.t.c']],
    ['join cross (source users) into t', ['$d.t']],
    ['stitch (source plan | choose a) into t', ['$d.t', '$d.t.a']],
    ['stitch (source plan | choose a) into $d merge', ['$d.a']],
    ['union (source logs | choose a)', ['$d.a']],
    ['move a.b to c', ['$d.a', '$d.c']],
    ['filter a == 1', []],
    ['convert a:number', []],
    ["redact a matching /x/ to 'y'", []],
    ['orderby a | limit 5 | dedupeby a', []],
  ]
  for (const [stage, names] of additions) {
    test(stage, () => {
      const { closed } = fieldsAfter(`source logs | ${stage}`)

      assert.deepEqual(namesAfter(`source logs | ${stage}`), names)
      assert.equal(closed, false)
    })
  }
})

describe('stages that take away', () => {
  test('remove takes a key with all below it', () => {
    assert.deepEqual(namesAfter('source logs | choose a, b | create a.c from 1 | remove a'), ['$d.b'])
  })

  test('remove takes a field of the dataset', () => {
    const { fields } = fieldsAfter('source logs | remove $m.severity, $l.category')

    assert.ok(!fields.some(({ keypath }) => keypath === '$m.severity' || keypath === '$l.category'))
  })

  test('move takes everything below along', () => {
    assert.deepEqual(namesAfter('source logs | choose x | create a.b.c from 1 | move a.b to d'), [
      '$d.x',
      '$d.a',
      '$d.d',
      '$d.d.c',
    ])
  })

  test('move to the whole data adds the keys of an object', () => {
    assert.deepEqual(namesAfter('source logs | choose x | create a.b from 1 | move a to $d'), [
      '$d.x',
      '$d.b',
    ])
  })

  test('move of the whole data leaves it under a key', () => {
    assert.deepEqual(namesAfter('source logs | choose x, y | move $d to $d.all'), [
      '$d.all',
      '$d.all.x',
      '$d.all.y',
    ])
  })

  test('an unknown stage leaves nothing to be sure of', () => {
    assert.deepEqual(fieldsAfter('source logs | choose x | nonsense'), { closed: false, fields: [] })
  })
})

test('the fields before a stage are those that the stages up to it leave', () => {
  const { query } = parse('source logs | choose a, b | remove b | count')
  const dataAt = (index: number) => {
    const { fields } = fieldsBefore(query, index)
    return fields.filter(({ origin }) => origin === 'query').map(({ keypath }) => keypath)
  }

  assert.deepEqual([0, 1, 2, 3, 4].map(dataAt), [[], [], ['$d.a', '$d.b'], ['$d.a'], ['$d._count']])
})

test('any query can be followed, and what it does is told in the same way when it is printed', () => {
  const property = fc.property(arbitraryQuery, (query) => {
    const again = parse(print(query)).query
    assert.deepEqual(
      fieldsBefore(query, query.stages.length, { strict: true, catalogue: CATALOGUE }),
      fieldsBefore(again, again.stages.length, { strict: true, catalogue: CATALOGUE }),
    )
    const kinds = readingsOf(query).map(({ reading }) => reading.kind)
    assert.deepEqual(
      readingsOf(again).map(({ reading }) => reading.kind),
      kinds,
    )
  })
  fc.assert(property, { seed: 11, numRuns: 500 })
})

test('what one query does to the fields of the catalogue does not show in another', () => {
  const untouched = fieldsAfter('source logs', { catalogue: CATALOGUE })
  fieldsAfter('source logs | move request to $d | create path.deep from 1 | remove status_code', {
    catalogue: CATALOGUE,
  })
  fieldsAfter('source logs | create request.path.deep from 1 | union (source logs | create tags.x from 1)', {
    catalogue: CATALOGUE,
  })

  assert.deepEqual(fieldsAfter('source logs', { catalogue: CATALOGUE }), untouched)
})
