import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { printExpression } from '#dataprime'
import { readKeypathText } from './keypath-text'

describe('keypath texts', () => {
  const table: readonly (readonly [string, string])[] = [
    ['$d.order.id', '$d.order.id'],
    ['order.id', '$d.order.id'],
    ['$l.subsystemname', '$l.subsystemname'],
    ['$metadata.severity', '$m.severity'],
    ["$d.tags['http.route']", "$d.tags['http.route']"],
    ['$d.tags["http.route"].x', "$d.tags['http.route'].x"],
    ["$d.tags['error']", '$d.tags.error'],
    ['$d.k8s-labels.app', "$d['k8s-labels'].app"],
  ]
  for (const [text, printed] of table) {
    it(`${text} is ${printed}`, () => {
      const keypath = readKeypathText(text)

      assert.ok(keypath !== null)
      assert.equal(printExpression(keypath), printed)
    })
  }

  for (const text of ['', '$d', '$x.a', '$d.', 'a..b', "a['b", 'a[0]', "a['']"]) {
    it(`“${text}” is none`, () => assert.equal(readKeypathText(text), null))
  }
})
