import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { hasErrors } from '../diagnostics/diagnostic'
import { tokenize } from '../syntax/lexer'
import { parse } from '../syntax/parser'
import { withComments } from '../testing/arbitrary-comments'
import { arbitraryQuery } from '../testing/arbitrary-query'
import { readCorpus } from '../testing/corpus-file'
import { sameTree } from '../tree/same-tree'
import { formatText } from './format-text'
import { format, print } from './print'

/** The same texts in every run. */
const SEED = 20260117

/** The comments of a text in their order, without the blanks at the ends of lines and with one kind of line end. */
function commentsOf(text: string): readonly string[] {
  return tokenize(text, () => {})
    .flatMap(({ comments }) => comments)
    .map(({ start, end, style }) => {
      const comment = text.slice(start, end)
      return style === 'line' ? comment.trimEnd() : comment.replace(/\r\n?/g, '\n')
    })
}

function assertFormats(text: string): void {
  const formatted = formatText(text)
  assert.ok(formatted !== null, text)
  const { query } = parse(text)
  const again = parse(formatted)

  assert.ok(!hasErrors(again.diagnostics), `errors in ${formatted}`)
  assert.ok(sameTree(again.query, query), `another tree for ${formatted}`)
  assert.deepEqual(commentsOf(formatted), commentsOf(text), formatted)
  assert.equal(formatText(formatted), formatted)
}

test('random comments in random queries are all kept, and nothing else changes', () => {
  const decorated = arbitraryQuery.chain((query) =>
    fc.tuple(fc.constant(query), fc.oneof(withComments(print(query)), withComments(format(query)))),
  )
  const property = fc.property(decorated, ([query, text]) => {
    assert.ok(sameTree(parse(text).query, query), text)
    assertFormats(text)
  })
  fc.assert(property, { seed: SEED, numRuns: 1500 })
})

test('every valid query of the corpus keeps its comments and its tree', () => {
  const texts = readCorpus()
    .flatMap(({ cases }) => cases.map(({ query }) => query))
    .filter((text) => !hasErrors(parse(text).diagnostics))

  assert.ok(texts.length > 150)
  for (const text of texts) {
    assertFormats(text)
    fc.assert(fc.property(withComments(text), assertFormats), { seed: SEED, numRuns: 3 })
  }
})

test('whatever single character is lost, what is left is formatted as what it is or not at all', () => {
  const texts = readCorpus().flatMap(({ cases }) => cases.map(({ query }) => query))
  let formatted = 0
  for (const text of texts) {
    // A quarter of the characters is enough to meet every kind of token in hundreds of queries.
    for (let at = text.length % 4; at < text.length; at += 4) {
      const left = text.slice(0, at) + text.slice(at + 1)
      if (hasErrors(parse(left).diagnostics)) assert.equal(formatText(left), null)
      else {
        assertFormats(left)
        formatted++
      }
    }
  }
  assert.ok(formatted > 500)
})

test('a query without comments is formatted as its tree is', () => {
  const property = fc.property(arbitraryQuery, (query) => {
    assert.equal(formatText(print(query)), format(query))
  })
  fc.assert(property, { seed: SEED, numRuns: 300 })
})

test('a text with a syntax error is not formatted, one with an error of meaning is', () => {
  assert.equal(formatText('source logs | filtr a == 1 // why'), null)
  assert.equal(formatText('source logs /* never closed'), null)
  assert.equal(formatText('// only a comment'), null)
  assert.equal(formatText(''), null)
  assert.equal(formatText('limit -1 // odd'), 'limit -1 // odd')
})

test('a hundred thousand comments are kept', () => {
  const lines = Array.from({ length: 50_000 }, (_, index) => `// ${index}`)
  const blocks = '/**/ '.repeat(50_000)
  const text = `${lines.join('\n')}\nsource logs ${blocks}/*\n*/ | limit 5`

  assert.deepEqual(commentsOf(formatText(text) as string), commentsOf(text))
})

describe('where comments go', () => {
  const CASES: readonly (readonly [title: string, text: string, formatted: string])[] = [
    ['on the first line, before the source', '// errors\nsource logs', '// errors\nsource logs'],
    ['on the line of the first stage, before it', '/* errors */ source logs', '/* errors */\nsource logs'],
    ['at the end of the line of a stage', 'source logs // all\n|limit 5', 'source logs // all\n| limit 5'],
    [
      'behind a pipe that ends the line',
      'source logs | // all\nlimit 5 | // few\n\ncount',
      'source logs // all\n| limit 5 // few\n| count',
    ],
    [
      'behind a pipe that begins the line',
      'source logs\n| // few\nlimit 5',
      'source logs\n// few\n| limit 5',
    ],
    [
      'between a pipe and a stage on one line',
      'source logs | /* few */ limit 5',
      'source logs\n/* few */\n| limit 5',
    ],
    [
      'between a stage and a pipe on one line',
      'source logs /* all */ | limit 5',
      'source logs /* all */\n| limit 5',
    ],
    [
      'alone on a line between stages',
      'source logs\n  // few\n# really\n\n| limit 5',
      'source logs\n// few\n# really\n| limit 5',
    ],
    [
      'on a line between a pipe and its stage',
      'source logs |\n// few\nlimit 5',
      'source logs\n// few\n| limit 5',
    ],
    [
      'that take out a stage',
      'source logs\n// | filter a == 1\n| limit 5',
      'source logs\n// | filter a == 1\n| limit 5',
    ],
    ['after the last stage', 'source logs\n// end\n# of it', 'source logs\n// end\n# of it'],
    ['between the word and the dataset', 'source // which?\nlogs', '// which?\nsource logs'],
    ['two behind a stage', 'limit 5 /* a */ /* b */ // c\n| count', 'limit 5 /* a */ /* b */ // c\n| count'],
    [
      'of several lines behind a stage',
      'source logs\n| limit 5 /* a */ /* b\n   c */ // d\n| count // e',
      'source logs\n/* a */\n/* b\n   c */\n| limit 5\n// d\n| count // e',
    ],
    [
      'of several lines behind a pipe',
      'source logs | /* why\nnot */ limit 5',
      'source logs\n/* why\nnot */\n| limit 5',
    ],
    [
      'in a case block of many lines',
      [
        'create level from case {',
        '  // client errors',
        '  code >= 500 -> 5, // server errors',
        '  code >= 400 -> 4,',
        '  _ -> 0 /* the rest */',
        '} // done',
      ].join('\n'),
      [
        '// client errors',
        '// server errors',
        '/* the rest */',
        'create level from case { code >= 500 -> 5, code >= 400 -> 4, _ -> 0 } // done',
      ].join('\n'),
    ],
    [
      'in the sub-query of a join',
      'source logs\n// with users\n| join (\n  source users // all\n  | filter a == 1 # live\n  // enough\n) on b == c into d // out',
      'source logs\n// with users\n// all\n# live\n// enough\n| join (source users | filter a == 1) on b == c into d // out',
    ],
    [
      'in the sub-query of a union, behind its pipe',
      'source logs | union (source archive | // few\n limit 5) // more',
      'source logs\n// few\n| union (source archive | limit 5) // more',
    ],
    [
      'in the sub-query of a stitch',
      'stitch (source a /* x */) into b merge # y\n# z',
      '/* x */\nstitch (source a) into b merge # y\n# z',
    ],
    [
      'between the keys of a grouping',
      'groupby a, // key\n  b // other\n  aggregate count() as n // rows',
      '// key\n// other\ngroupby a, b aggregate count() as n // rows',
    ],
    [
      'with line ends of Windows',
      '// a\r\nsource logs // b  \r\n| limit 5 /* c\r\nd */\r\n// e\r\n',
      '// a\nsource logs // b\n/* c\nd */\n| limit 5\n// e',
    ],
    [
      'beside marks in strings and patterns',
      "filter url == 'http://x#y' && url.matches(/#|\\/\\//) // 'why",
      "filter url == 'http://x#y' && url.matches(/#|\\/\\//) // 'why",
    ],
  ]

  for (const [title, text, formatted] of CASES) {
    test(title, () => {
      assert.equal(formatText(text), formatted)
      assertFormats(text)
    })
  }
})
