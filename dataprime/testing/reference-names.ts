/**
 * The names that the public documentation of the language has, copied from it by hand and independent of the
 * catalogue: a test holds the one against the other, and `docs/dataprime.md` shows the result.
 */

/** Every documented command with every word for it; two words have one blank between them. */
export const REFERENCE_COMMANDS: readonly (readonly string[])[] = [
  ['aggregate', 'agg'],
  ['block'],
  ['bottom'],
  ['choose', 'select'],
  ['convert', 'conv'],
  ['count'],
  ['countby'],
  ['create', 'add', 'a', 'c'],
  ['dedupeby'],
  ['distinct'],
  ['enrich'],
  ['explode'],
  ['extract', 'e'],
  ['filter', 'f', 'where'],
  ['find', 'text'],
  ['groupby'],
  ['join'],
  ['limit'],
  ['lucene'],
  ['move', 'm'],
  ['multigroupby'],
  ['orderby', 'sortby', 'order by', 'sort by'],
  ['redact'],
  ['remove', 'r'],
  ['replace'],
  ['roundtime'],
  ['source', 'from'],
  ['stitch'],
  ['top'],
  ['union'],
  ['wildfind', 'wildtext'],
]

/** Words of the clauses that belong to commands. */
export const REFERENCE_CLAUSE_WORDS: readonly string[] = (
  'aggregate agg calculate calc as into from to with using by on last between and around interval timeshifted ' +
  'asc desc keep orderby original discard preserve left inner full cross merge matching datatypes'
).split(' ')

/** Every documented function, by the chapter it stands in. */
export const REFERENCE_FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  aggregation: (
    'any_value approx_count_distinct avg collect count count_if distinct_count distinct_count_if max min max_by ' +
    'min_by percentile stddev variance sample_stddev sample_variance sum median'
  ).split(' '),
  string: (
    'byteLength length codepoint chr concat contains startsWith endsWith matches indexOf substr splitParts ' +
    'regexpSplitParts pad padLeft padRight ltrim rtrim trim toLowerCase toUpperCase encodeBase64 decodeBase64 ' +
    'urlEncode urlDecode textSearch'
  ).split(' '),
  number:
    'abs ceil floor round sqrt power mod ln log log2 e pi random randomInt max min fromBase toBase'.split(
      ' ',
    ),
  time: (
    'now addTime subtractTime diffTime addInterval subtractInterval multiplyInterval divideInterval roundTime ' +
    'roundInterval extractTime formatTimestamp parseTimestamp formatInterval parseInterval toInterval toTimeUnit ' +
    'fromUnixTime toUnixTime timeRound parseToTimestamp toIso8601DateTime'
  ).split(' '),
  array: (
    'arrayAppend arrayConcat arrayInsertAt arrayRemove arrayRemoveAt arrayReplaceAll arrayReplaceAt arraySort ' +
    'setUnion setIntersection setDiff setDiffSymmetric arraySplit arrayJoin arrayLength cardinality arrayContains ' +
    'inArray isEmpty isSubset isSuperset setEqualsTo'
  ).split(' '),
  general:
    'if firstNonNull in recordLocation ipInSubnet ipInRange ipPrefix isUuid randomUuid uuid toNumber toTimestamp'.split(
      ' ',
    ),
}

export const REFERENCE_EXTRACTORS: readonly string[] = ['regexp', 'multi_regexp', 'kv', 'jsonobject', 'split']
