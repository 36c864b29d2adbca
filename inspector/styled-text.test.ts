import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { cutPieces, displayWidth, fitPieces, piece, STYLES, toLine, toPrintable } from './styled-text'

describe('styled text', () => {
  test('what would drive a terminal is made harmless', () => {
    assert.equal(toPrintable('a\u001b[31mb\nc\u0007\u202ed'), 'a·[31mb·c··d')
  })

  test('wide characters take two columns, combining ones none', () => {
    assert.equal(displayWidth('ab'), 2)
    assert.equal(displayWidth('日本'), 4)
    assert.equal(displayWidth('e\u0301'), 1)
  })

  test('a cut is told by an ellipsis and never splits a wide character', () => {
    const text = (pieces: readonly { text: string }[]) => pieces.map((part) => part.text).join('')

    assert.equal(text(cutPieces([piece('abc'), piece('def')], 6)), 'abcdef')
    assert.equal(text(cutPieces([piece('abc'), piece('def')], 5)), 'abcd…')
    assert.equal(text(cutPieces([piece('日本語')], 4)), '日…')
    assert.equal(text(cutPieces([piece('abc')], 0)), '')
    assert.equal(text(fitPieces([piece('ab')], 4)), 'ab  ')
  })

  test('a line is coloured only when asked, and ends without blanks', () => {
    const pieces = [piece('a', STYLES.error), piece(' b '), piece('  ')]

    assert.equal(toLine(pieces, false), 'a b')
    assert.equal(toLine(pieces, true), '\u001b[31ma\u001b[0m b')
  })
})
