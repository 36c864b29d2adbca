import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type FieldCatalogue, fieldCatalogueSchema } from '../../../catalogue/field-catalogue'
import { readBestSource } from '../choose-source'
import { askQuestion } from '../question'
import { readTimes } from '../read-question'
import { askQuery, NOW } from '../testing/ask'
import { presentAt } from '../time/time-point'
import { indexCatalogue } from './catalogue-index'
import type { ValueLink } from './value-index'

/** Every field holds the same values, so that a word of the question may be meant for any of them. */
function sharedValues(fields: number, samples: readonly string[]): FieldCatalogue {
  return fieldCatalogueSchema.parse({
    logs: Array.from({ length: fields }, (_, number) => ({
      keypath: `$d.f${number}`,
      type: 'string',
      sample_values: samples,
    })),
  })
}

/** How often the links of values are looked at while a question is read. */
function linksLookedAt(catalogue: FieldCatalogue, text: string): number {
  const index = indexCatalogue(catalogue)
  const links = new Set<ValueLink>()
  for (const table of [index.logs.values.exact, index.logs.values.stems])
    for (const { byField } of table.values()) for (const link of byField.values()) links.add(link)
  let count = 0
  for (const link of links) {
    const { field } = link
    const get = () => {
      count += 1
      return field
    }
    Object.defineProperty(link, 'field', { get, enumerable: true })
  }
  readBestSource(index, readTimes(askQuestion(text), presentAt(NOW, 'UTC')))
  assert.ok(count > 0)
  return count
}

const MIXED = 'errors in the last hour where foo foo is a b c d e by f1, foo and errors '
const SAMPLES = ['errors', 'last', 'hour', 'foo', 'foo foo', 'a b c d e']

describe('a catalogue whose fields share their values', () => {
  for (const text of ['foo foo ', 'foo, ', 'foo and ', 'f1 foo ', MIXED]) {
    it(`costs no more for many fields than for some: ${text.trim()}`, () => {
      const question = text.repeat(Math.ceil(1_000 / text.length))
      const few = linksLookedAt(sharedValues(50, SAMPLES), question)
      const many = linksLookedAt(sharedValues(1_000, SAMPLES), question)

      assert.ok(many <= 1.5 * few, `${many} links for 1,000 fields, ${few} for 50`)
    })

    it(`costs twice as much for twice the words: ${text.trim()}`, () => {
      const catalogue = sharedValues(50, SAMPLES)
      const short = linksLookedAt(catalogue, text.repeat(20))
      const long = linksLookedAt(catalogue, text.repeat(40))

      assert.ok(long <= 2.5 * short, `${long} links for the longer question, ${short} for the shorter`)
    })
  }

  it('still gives a value to the field that is named beside it', async () => {
    const catalogue = sharedValues(200, ['foo', 'bar'])

    assert.equal(await askQuery('f150 foo', { catalogue }), "source logs | filter $d.f150 == 'foo'")
    assert.equal(await askQuery('foo f150', { catalogue }), "source logs | filter $d.f150 == 'foo'")
    assert.equal(
      await askQuery('foo and bar f150', { catalogue }),
      "source logs | filter $d.f150.in('foo', 'bar')",
    )
  })
})
