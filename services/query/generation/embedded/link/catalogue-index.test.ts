import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fieldCatalogueSchema } from '../../../catalogue/field-catalogue'
import { defaultCatalogue } from '../../../catalogue/load-catalogue'
import { askQuestion } from '../question'
import { bankingCatalogue } from '../testing/ask'
import { indexCatalogue } from './catalogue-index'
import { createIndexCache } from './catalogue-index-cache'
import { emptyLinkCache, readField, readValue } from './mentions'

const indexOf = createIndexCache()
const shop = indexOf(defaultCatalogue)
const bank = indexOf(bankingCatalogue)

function linkable(text: string, index = shop.logs) {
  return { question: askQuestion(text), index, links: emptyLinkCache() }
}

describe('words linked to fields', () => {
  const table: readonly (readonly [string, string, typeof shop.logs])[] = [
    ['service', '$l.subsystemname', shop.logs],
    ['services', '$l.serviceName', shop.spans],
    ['pods', '$d.kubernetes.pod_name', shop.logs],
    ['latency', '$d.duration_ms', shop.logs],
    ['SQL time', '$d.query_ms', shop.logs],
    ['response time', '$m.duration', shop.spans],
    ['addresses', '$d.client_ip', shop.logs],
    ['endpoint', '$d.path', shop.logs],
    ['customer', '$d.tenant', shop.logs],
    ['money', '$d.amount', shop.logs],
    ['peer service', "$d.tags['peer.service']", shop.spans],
    ['`retry_count`', '$d.retry_count', shop.logs],
    ['$d.kubernetes.pod_name', '$d.kubernetes.pod_name', shop.logs],
    ['transaction value', '$d.txn.value_cents', bank.logs],
    ['segment', '$d.customer_segment', bank.logs],
  ]
  for (const [text, keypath, index] of table) {
    it(`${text} is ${keypath}`, () => assert.equal(readField(linkable(text, index), 0)?.field.text, keypath))
  }

  it('a name in backticks that the catalogue does not hold is taken as it stands', () => {
    assert.equal(readField(linkable('`custom_field`'), 0)?.field.type, 'unknown')
  })

  it('other words name no field', () => {
    for (const text of ['the', 'errors', 'code', 'wrote', 'xyz'])
      assert.equal(readField(linkable(text), 0), null, text)
  })
})

describe('words linked to values', () => {
  const table: readonly (readonly [string, string, string])[] = [
    ['payments', '$l.subsystemname', 'payments'],
    ['role changes', '$d.event', 'role_changed'],
    ['failing logins', '$d.event', 'login_failed'],
    ['sign-ins', '$d.event', 'login_success'],
    ['orders that were placed', '$d.event', 'order_placed'],
    ['deadlocks', '$d.error.type', 'DeadlockDetected'],
    ['null pointer exceptions', '$d.error.type', 'NullPointerException'],
    ['Googlebot', '$d.user_agent', 'Googlebot'],
    ['PATCHed', '$d.method', 'PATCH'],
    ['tablets', '$d.device', 'tablet'],
    ['Germany', '$d.country', 'DE'],
    ['disk usage', '$d.message', 'disk usage'],
  ]
  for (const [text, keypath, value] of table) {
    it(`${text} is ${value} of ${keypath}`, () => {
      const mention = readValue(linkable(text), 0)

      assert.deepEqual([mention?.field.text, mention?.value], [keypath, value])
    })
  }

  it('little words are values only in the catalogue’s spelling', () => {
    assert.equal(readValue(linkable('in'), 0), null)
    assert.equal(readValue(linkable('IN'), 0)?.value, 'IN')
    assert.equal(readValue(linkable('using'), 0), null)
  })
})

describe('the index of a catalogue', () => {
  it('is made once for a catalogue and for every copy of it', () => {
    const copy = structuredClone(defaultCatalogue)

    assert.equal(indexOf(defaultCatalogue), shop)
    assert.equal(indexOf(copy), shop)
    assert.notEqual(indexCatalogue(copy), shop)
  })

  it('is forgotten when many others have been used since', () => {
    const catalogueNumber = (number: number) =>
      fieldCatalogueSchema.parse({ logs: [{ keypath: `$d.f${number}`, type: 'string' }] })
    for (const keptMax of [1, 3]) {
      const keeping = createIndexCache(keptMax)
      const first = keeping(catalogueNumber(0))
      for (let number = 1; number < keptMax; number += 1) keeping(catalogueNumber(number))
      assert.equal(keeping(catalogueNumber(0)), first)
      for (let number = 1; number <= keptMax; number += 1) keeping(catalogueNumber(number))
      assert.notEqual(keeping(catalogueNumber(0)), first)
    }
  })
})
