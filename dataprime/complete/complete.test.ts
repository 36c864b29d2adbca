import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { COMMANDS } from '../catalogue/commands'
import type { FieldCatalogue } from '../catalogue/field-catalogue'
import { FUNCTIONS } from '../catalogue/functions'
import { type Completion, complete } from './complete'
import { COMPLETIONS_MAX, COMPLETIONS_OF_A_KIND_MAX } from './rank'

const catalogue: FieldCatalogue = {
  logs: [
    { keypath: '$d.order.items', type: 'number', description: 'How many.' },
    { keypath: '$d.order.id', type: 'string' },
    { keypath: "$d.tags['http.route']", type: 'string', sample_values: ['/pay', '/user/:id'] },
    { keypath: '$d.status', type: 'string', sample_values: ['ok', "can't"] },
    { keypath: '$d.code', type: 'number', sample_values: ['200', '404'] },
    { keypath: '$d.lines', type: 'array' },
  ],
  spans: [{ keypath: "$d.tags['db.system']", type: 'string', sample_values: ['redis'] }],
}

/** The completions where "^" stands. */
function completeAt(marked: string): readonly Completion[] {
  const offset = marked.indexOf('^')
  return complete(marked.slice(0, offset) + marked.slice(offset + 1), offset, { catalogue })
}

interface Expected {
  /** The first labels, in order. */
  readonly first?: readonly string[]
  /** All labels, in order. */
  readonly all?: readonly string[]
  readonly has?: readonly string[]
  readonly not?: readonly string[]
}

type Row = readonly [marked: string, expected: Expected]

const SEVERITIES = ['VERBOSE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL']
const NOTHING: Expected = { all: [] }

const rows: Readonly<Record<string, readonly Row[]>> = {
  'the beginning of a stage': [
    ['^', { first: ['source', 'filter'], has: ['groupby', 'union'] }],
    ['  ^', { first: ['source'] }],
    ['so^', { all: ['source', 'orderby'] }],
    [
      'source logs | ^',
      {
        first: ['filter', 'groupby'],
        has: COMMANDS.map(({ name }) => name).filter((name) => name !== 'source'),
        not: ['source'],
      },
    ],
    ['source logs |^', { first: ['filter'] }],
    ['source logs | FIL^', { all: ['filter'] }],
    ['source logs | whe^', { all: ['filter'] }],
    ['source logs | sort^', { all: ['orderby'] }],
    ['source logs | order ^', { all: ['by'] }],
    ['source logs | by^', { first: ['groupby'], has: ['countby', 'orderby'] }],
    ['source logs | filter a == 1\n// note\n| li^', { all: ['limit'] }],
    ['source logs | join (^', { first: ['source', 'filter'] }],
    ['source logs | union (source spans | ^', { first: ['filter'], not: ['source'] }],
    ['source logs | union (source spans) | ^', { first: ['filter'], not: ['source'] }],
  ],
  'an expression of DPXL': [
    ['<v1> ^', { has: ['$d.code', 'startsWith', 'null', 'ERROR'], not: ['filter', 'concat', 'case', '$p'] }],
    ['<v1>^', { has: ['$d.code', 'startsWith'], not: ['concat'] }],
    ['<v1> $d.code ^', { all: ['==', '!=', '>', '>=', '<', '<=', '&&', '||'] }],
    ['<v1> $d.status.^', { all: ['contains', 'endsWith', 'matches', 'startsWith', 'in'] }],
    ['<v1> $d.status:^', { has: ['number', 'string'] }],
    ["<v1> $d.status == '^", { all: ["'ok'", "'can\\'t'"] }],
    ['<v1> $d.code == 1 ^', { all: ['&&', '||', '==', '!=', '>', '>=', '<', '<='] }],
    ['<v1> $d.code == 1 | ^', NOTHING],
  ],
  source: [
    ['source ^', { first: ['logs', 'spans'], has: ['default/logs', 'system/alerts.history'], not: ['last'] }],
    ['from sp^', { first: ['spans'] }],
    ['source system/^', { has: ['system/engine.queries'], not: ['logs'] }],
    ['source system/aaa.aud^', { all: ['system/aaa.audit_events'] }],
    ['source system/"dataplan.u^"', { all: ['system/dataplan.usage_events'] }],
    ['source logs ^', { all: ['last', 'between', 'around', 'timeshifted', '|'] }],
    ['source logs la^', { all: ['last'] }],
    [
      'source logs last ^',
      {
        first: ['15m', '1h', '24h'],
        has: ['toInterval', '$p'],
        not: ['$m.timestamp', '|', 'now', "@'now'", 'concat', '$d'],
      },
    ],
    ['source logs last 1^', { first: ['15m', '1h'], has: ['1d'], not: ['24h', 'log10'] }],
    ['source logs last 1h ^', { first: ['|'], not: ['last', 'between'] }],
    ['source logs between ^', { first: ["@'now'", 'now'], has: ['$p.timeRange.startTime'] }],
    ["source logs between @'^", { all: ["'now'"] }],
    ["source logs between @'now' - ^", { first: ['15m', '1h'] }],
    ["source logs between @'now' - 1h ^", { first: ['and'] }],
    ['source logs between $p.timeRange.^', { first: ['$p.timeRange.startTime', '$p.timeRange.endTime'] }],
    ["source logs around @'now' ^", { first: ['interval'], has: ['|'] }],
    ["source logs around @'now' interval ^", { first: ['15m'] }],
    ['source logs timeshifted ^', { first: ['15m'] }],
    ['source logs(^', { all: ['teamId=', 'version='] }],
    ['source logs(teamId=^', NOTHING],
  ],
  'filter and block': [
    [
      'filter ^',
      {
        first: ['$m.severity', '$m.timestamp'].reverse(),
        has: ['$l.applicationname', '$d.order.items', 'contains', 'if', 'true', 'ERROR'],
        not: ['count_if', 'avg', '|', 'timeRound'],
      },
    ],
    ['block sev^', { first: ['$m.severity'] }],
    ['filter ord^', { first: ['order.items', 'order.id'] }],
    ['filter $d.ord^', { all: ['$d.order.items', '$d.order.id'] }],
    ['filter order.^', { first: ['order.items', 'order.id'] }],
    ['filter $l.app^', { all: ['$l.applicationname'] }],
    ['source spans | filter $l.app^', { all: ['$l.applicationName'] }],
    ['source spans last 1h | filter $m.^', { has: ['$m.duration'], not: ['$m.severity', 'abs'] }],
    ['filter $^', { has: ['$m.severity', '$d', '$p'], not: ['contains'] }],
    ["filter $d.tags['http.^", { all: ["$d.tags['http.route']"] }],
    ["filter tags['^']", { all: ["tags['http.route']"] }],
    ["source spans | filter $d.tags['^", { all: ["$d.tags['db.system']"] }],
    ['filter code ^', { first: ['==', '!=', '>'], has: ['&&', '+', '|'], not: ['~~', 'as'] }],
    ['filter code > 1 ^', { first: ['&&', '||', '|', '+'], has: ['=='] }],
    ['union (source spans | filter code > 1 ^', { first: ['&&', '||', '|', ')'] }],
    ['filter $m.severity ^', { all: ['==', '!=', '>', '>=', '<', '<=', '|'] }],
    ['filter $m.severity == ERROR ^', { first: ['&&', '||', '|', '=='], not: ['+', '/'] }],
    ["filter status == 'ok' ^", { first: ['&&', '||', '|'], has: ['=='] }],
    ['filter $m.priorityclass == ^', { first: ["'high'", "'medium'", "'low'"] }],
    ["filter $m.priorityclass == 'm^'", { all: ["'medium'"] }],
    ['source spans | filter $d.process.^', { first: ['$d.process.serviceName', '$d.process.tags'] }],
    ['filter a && code ^', { first: ['=='] }],
    ['filter code =^', { has: ['=='] }],
    ['filter code !^', { has: ['!='] }],
    ['filter code >^', { first: ['200'], has: ['>='] }],
    ['filter $d ~^', { has: ['~~'] }],
    ['filter a |^', { first: ['filter'], has: ['||'] }],
    ['create x from case { a -^', { has: ['->'] }],
    ['filter a &^', { all: ['&&'] }],
    ['filter $d ^', { first: ['~~'] }],
    ['filter $m.severity == ^', { first: SEVERITIES }],
    ['filter $metadata.severity >= E^', { first: ['ERROR'] }],
    ["filter $m.severity == 'E^'", { all: ['ERROR'] }],
    ['filter $m.severity.in(^', { first: SEVERITIES }],
    ['filter in($m.severity, ERROR, ^', { first: SEVERITIES }],
    ['filter status == ^', { first: ["'ok'", "'can\\'t'"] }],
    ["filter status == 'o^", { all: ["'ok'"] }],
    ['filter status == "o^', { all: ["'ok'"] }],
    ["filter tags['http.route'] != '/^'", { all: ["'/pay'", "'/user/:id'"] }],
    ['filter code == ^', { first: ['200', '404'] }],
    ["filter unknown == 'x^", NOTHING],
    ['filter code:^', { all: ['string', 'number', 'num', 'boolean', 'bool', 'timestamp', 'interval'] }],
    ['filter code:nu^', { all: ['number', 'num'] }],
    [
      'filter status.^',
      {
        first: ['byteLength'],
        has: ['contains', 'toLowerCase', 'in'],
        not: ['abs', 'arrayLength', 'roundTime', 'avg'],
      },
    ],
    ['filter $m.timestamp.^', { has: ['formatTimestamp', 'extractTime'], not: ['toLowerCase'] }],
    ['filter lines.arr^', { has: ['arrayContains', 'arrayLength'], not: ['toUpperCase'] }],
    ['filter status.trim().^', { has: ['toLowerCase'], not: ['abs'] }],
    ['filter unknown.toL^', { all: ['toLowerCase'] }],
    ['filter if(^', { first: ['$m.timestamp'] }],
    ['filter contains(status, ^', { first: ["'ok'"] }],
    ['filter (code > 1 ^', { first: [')', '&&'] }],
    ['filter code^ == 1', { first: ['code', 'codepoint'] }],
  ],
  create: [
    ['create ^', { first: ['$d'] }],
    ['create seconds ^', { first: ['from', 'as'] }],
    ['create seconds from ^', { first: ['$m.timestamp'], has: ['case', 'concat'], not: ['sum'] }],
    [
      'create seconds from code / 1000 ^',
      { first: ['on keypath exists', 'on keypath missing', 'on datatype changed', '|'] },
    ],
    ['create seconds from 1 on ^', { all: ['keypath exists', 'keypath missing', 'datatype changed'] }],
    ['create seconds from 1 on keypath ^', { all: ['exists', 'missing'] }],
    ['create seconds from 1 on keypath missing ^', { all: ['fail', 'create', 'skip'] }],
    [
      'create seconds from 1 on datatype changed skip ^',
      { all: ['on keypath exists', 'on keypath missing', '|'] },
    ],
    ['add x from case { ^', { first: ['$m.timestamp'], has: ['_ ->'] }],
    ['create x from case { code > 1 ^', { first: ['->'] }],
    ['create x from case { code > 1 -> 2 ^', { first: [',', '}'] }],
    ['create x from case { code > 1 -> 2, ^', { has: ['_ ->'] }],
    ['create x from case_equals { $m.severity, ^', { first: SEVERITIES, has: ['_ ->'] }],
    ["create x from toTimeUnit(d, '^", { first: ["'day'", "'hour'"], has: ["'ms'"], not: ["'year'"] }],
    ["create x from $m.timestamp.extractTime('^", { first: ["'year'"], has: ["'hour'", "'dow'"] }],
    ['create x from formatTimestamp($m.timestamp, ^', { first: ["'iso8601'"], has: ['tz='] }],
    ['create x from formatTimestamp($m.timestamp, tz=^', { first: ["'UTC'"] }],
    ['create x from lines.arraySort(^', { has: ['desc='] }],
    ['create x from $m.timestamp / ^', { first: ['15m', '1h'] }],
    ['create x from @^', { all: ["'now'"] }],
    [
      'create x from 5m.^',
      {
        first: ['addInterval'],
        has: ['toTimeUnit'],
        not: ['now', 'in', 'inArray', 'firstNonNull', 'textSearch', 'abs'],
      },
    ],
    [
      'create x from 5.^',
      { has: ['abs', 'toInterval'], not: ['in', 'firstNonNull', 'toTimeUnit', 'random'] },
    ],
    ['create x from `a {^', { first: ['$m.timestamp'] }],
    ['create x from `a {code ^', { first: ['}'] }],
  ],
  'groups and aggregations': [
    ['groupby ^', { first: ['$m.timestamp', '$m.severity'], not: ['aggregate', 'count_if'] }],
    ['groupby code ^', { first: ['as', ',', 'aggregate', '|'], has: ['/', 'count'] }],
    ['groupby code agg^', { first: ['aggregate'] }],
    ['groupby code cou^', { first: ['count', 'count_if'] }],
    ['groupby code as c ^', { first: [',', 'aggregate', '|'], not: ['as', '+'] }],
    ['groupby code aggregate ^', { first: ['count', 'sum', 'avg'], has: ['$d.code', 'round'] }],
    ['groupby code aggregate count() ^', { first: ['as', ',', '|'], not: ['aggregate'] }],
    ['groupby code aggregate sum(^', { first: ['$m.timestamp'], has: ['$d.code'], not: ['avg'] }],
    ['groupby code aggregate max(count(), ^', { has: ['count'] }],
    ['groupby code aggregate percentile(0.9, ^', { has: ['$d.code'], not: ['avg'] }],
    ['groupby code as ^', { all: ['$d', '$m', '$l'] }],
    ['groupby code aggregate percentile(^', { first: ['0.5', '0.9'] }],
    ['groupby code aggregate collect(code, ^', { has: ['distinct=', 'limit=', 'ignoreNulls='] }],
    ['groupby code aggregate collect(code, distinct=^', { first: ['true', 'false'] }],
    ['groupby code aggregate count_if($m.severity == ^', { first: SEVERITIES }],
    ['groupby code aggregate code.av^', { all: ['avg'] }],
    ['multigroupby ^', { all: ['('] }],
    ['multigroupby (code ^', { first: ['as', ',', ')'] }],
    ['multigroupby (code) ^', { first: [',', 'aggregate', '|'] }],
    ['aggregate ^', { first: ['count', 'sum'] }],
    ['agg max(code) ^', { first: ['as', ','] }],
    ['count ^', { all: ['into', '|'] }],
    ['countby code ^', { first: ['as', ',', 'into', 'asc', 'desc'] }],
    ['countby code into n ^', { all: ['asc', 'desc', '|'] }],
    ['distinct code ^', { first: ['as', ',', '|'] }],
    ['top ^', { first: ['10'] }],
    ['top 10 ^', { has: ['$d.code', 'count'], not: ['by'] }],
    ['top 10 code ^', { first: ['as', ',', 'by'] }],
    ['bottom 10 code by ^', { has: ['$d.code', 'max'] }],
    ['dedupeby code ^', { first: [',', 'keep', 'orderby', '|'] }],
    ['dedupeby code keep ^', { first: ['1', '10'] }],
    ['dedupeby code keep 1 ^', { first: ['orderby', '|'], not: ['keep'] }],
    ['dedupeby code keep 1 order ^', { all: ['by'] }],
    ['dedupeby code orderby code ^', { first: ['asc', 'desc', ','] }],
  ],
  'other commands': [
    ['orderby ^', { first: ['$m.timestamp'] }],
    ['orderby code ^', { first: ['asc', 'desc', ',', '|'] }],
    ['order by code desc ^', { all: [',', '|'] }],
    ['limit ^', { first: ['10'] }],
    ['limit 10 ^', { all: ['|'] }],
    ['choose code ^', { first: ['as', ',', '|'] }],
    ['choose code, st^', { first: ['status'] }],
    ['convert ^', { first: ['$m.timestamp'], has: ['datatypes'], not: ['contains'] }],
    ['convert code^', { all: ['code'] }],
    ['convert code:^', { first: ['string', 'number'] }],
    ['convert datatypes code:number, ^', { has: ['$d.code'], not: ['datatypes'] }],
    ['enrich code ^', { first: ['into'] }],
    ['enrich code into c ^', { all: ['using'] }],
    ['explode lines ^', { first: ['into'] }],
    ['explode lines into line ^', { all: ['original', '|'] }],
    ['explode lines into line original ^', { all: ['discard', 'preserve'] }],
    ['extract status into x ^', { all: ['using'] }],
    ['extract status into x using ^', { all: ['regexp', 'multi_regexp', 'kv', 'jsonobject', 'split'] }],
    ['extract status into x using kv(^', { all: ['pair_delimiter=', 'key_delimiter=', 'quote_char='] }],
    ["extract status into x using split(',', ^", { first: ['string', 'number'], has: ['element_datatype='] }],
    ['extract status into x using regexp(e=/a/) ^', { all: ['datatypes', '|'] }],
    ['extract status into x using kv() datatypes a:^', { first: ['string'] }],
    ['find ^', NOTHING],
    ["find 'x' ^", { all: ['in'] }],
    ["text 'x' in ^", { has: ['$d.status'], not: ['contains'] }],
    ['join ^', { all: ['left', 'inner', 'full', 'cross', '('] }],
    ['join inner ^', { all: ['('] }],
    ['join (source ^', { first: ['logs'] }],
    ['join (source users) ^', { all: ['on', 'using', 'into'] }],
    ['join (source users) on ^', { first: ['left=>', 'right=>'], has: ['$d.code'], not: ['contains'] }],
    ['join (source users | create ref from 1) on left=>code == right=>^', { all: ['ref'] }],
    ['join (source users) on code ^', { all: ['==', 'into'] }],
    ['join (source users) on code == id ^', { first: ['&&', 'into'] }],
    ['join (source users) using code ^', { all: [',', 'into'] }],
    ['join (source users) using code into u ^', { all: ['|'] }],
    ['lucene ^', NOTHING],
    ["lucene 'a | fil^", NOTHING],
    ['move status ^', { all: ['to'] }],
    ['move status to ^', { first: ['$d'] }],
    ['redact status ^', { all: ['matching'] }],
    ["redact status matching 'a' ^", { all: ['to'] }],
    ['remove ^', { has: ['$d.status'], not: ['contains'] }],
    ['remove status ^', { all: [',', '|'] }],
    ['replace status ^', { all: ['with'] }],
    ['replace status with status ^', { first: ['on datatype changed', '|'] }],
    ['roundtime ^', { first: ['$m.timestamp'], has: ['to'] }],
    [
      'roundtime to ^',
      { first: ['15m'], not: ['now', "@'now'", 'formatTimestamp', '$p.timeRange.startTime'] },
    ],
    ['roundtime $m.timestamp to 1h ^', { first: ['into', '|'] }],
    ['stitch (source plan) ^', { all: ['into'] }],
    ['stitch (source plan) into p ^', { all: ['merge', '|'] }],
    ['union ^', { all: ['('] }],
    ['union (source a ^', { has: ['last', '|', ')'] }],
    ['wildfind ^', NOTHING],
    ["wildfind 'x' ^", { all: ['|'] }],
  ],
  'fields that stages made': [
    ['create seconds from code / 1000 | filter sec^', { first: ['seconds'] }],
    ['filter mystery == 1 | groupby mys^', { all: ['mystery'] }],
    [
      'groupby $l.subsystemname, code as c aggregate count() as n | orderby ^',
      { first: ['n', 'c', 'subsystemname'], not: ['$d.code', '$m.severity'] },
    ],
    [
      'groupby code aggregate max($m.timestamp) as seen | create x from seen.^',
      { has: ['formatTimestamp'], not: ['toLowerCase'] },
    ],
    ['count into total | filter ^', { first: ['total'], not: ['$m.severity'] }],
    ['remove order | filter order.^', { not: ['order.items'] }],
    ['move order to purchase | filter pur^', { first: ['purchase'] }],
    ['choose code, status as s | filter ^', { first: ['s', 'code'], not: ['$m.severity'] }],
    ['explode lines into line original preserve | filter ^', { first: ['line'], has: ['$m.severity'] }],
    ['explode lines into line | filter ^', { first: ['line'], not: ['$m.severity'] }],
    ['join (source users | choose name) using id into user | filter user.^', { first: ['user.name'] }],
  ],
  'text that is not for completion': [
    ['filter a == 1 // fil^', NOTHING],
    ['filter a == 1 # fil^', NOTHING],
    ['filter /* so^', NOTHING],
    ['/* note */ sou^', { all: ['source'] }],
    ["filter msg == 'so^", NOTHING],
    ["filter msg == 'so | fil^", NOTHING],
    ['filter msg.matches(/so^', NOTHING],
    ['create x from `so^', NOTHING],
    ['create x from `{code} so^', NOTHING],
  ],
  'text that is broken': [
    ['filter a == == ^', { first: ['$m.timestamp'] }],
    ['filter (a && | limit ^', { first: ['10'] }],
    ["filter msg == 'open\n| lim^", { all: ['limit'] }],
    ['nonsense here | gro^', { first: ['groupby'] }],
    ['source logs | nonsense ^', NOTHING],
    ['fitler code ^', { first: ['==', '!='] }],
    ['stats ^', { first: ['count'] }],
    ['sort ^', { all: ['by'] }],
    ['group by code ^', { first: ['as', ',', 'aggregate'] }],
    ['filter a == 1 and $m.sev^', { all: ['$m.severity'] }],
    ['filter not ^', { first: ['$m.timestamp'] }],
    ['filter (a == 1 OR $m.severity == ^', { first: SEVERITIES }],
    ['filter not == ^', { first: ['$m.timestamp'] }],
    ['| ^', { first: ['filter'] }],
    [') ^', NOTHING],
    ['source logs | groupby a,, ^', { has: ['$d.code'] }],
    ['source logs | filter count(($m.severity == ^', { first: SEVERITIES }],
  ],
}

for (const [subject, table] of Object.entries(rows)) {
  describe(subject, () => {
    for (const [marked, { first = [], all, has = [], not = [] }] of table) {
      test(marked, () => {
        const labels = completeAt(marked).map(({ label }) => label)

        if (all !== undefined) assert.deepEqual(labels, all)
        assert.deepEqual(labels.slice(0, first.length), first)
        for (const label of has) assert.ok(labels.includes(label), `no ${label} in ${labels.join(' ')}`)
        for (const label of not) assert.ok(!labels.includes(label), `${label} in ${labels.join(' ')}`)
      })
    }
  })
}

test('the table has a row for every command', () => {
  const marked = Object.values(rows)
    .flat()
    .map(([text]) => text)
  for (const { name, synonyms } of COMMANDS) {
    const words = [name, ...synonyms].join('|')
    assert.ok(
      marked.some((text) => new RegExp(`(^|\\| |\\()(${words}) .*\\^`).test(text)),
      name,
    )
  }
})

/** The text after a completion has been taken. */
function taken(marked: string, wanted: string): string {
  const text = marked.replace('^', '')
  const completion = completeAt(marked).find(({ label }) => label === wanted)
  assert.ok(completion, `no ${wanted}`)
  return text.slice(0, completion.range.start) + completion.insertText + text.slice(completion.range.end)
}

describe('what a completion replaces', () => {
  const cases: readonly (readonly [marked: string, label: string, after: string])[] = [
    ['source logs | fil^', 'filter', 'source logs | filter'],
    ['source logs | fi^lter a', 'filter', 'source logs | filter a'],
    ['filter $l.app^ == 1', '$l.applicationname', 'filter $l.applicationname == 1'],
    ['filter $l.app^licationname == 1', '$l.applicationname', 'filter $l.applicationname == 1'],
    ["filter $d.tags['http.^", "$d.tags['http.route']", "filter $d.tags['http.route']"],
    ["filter tags['ht^'] == 1", "tags['http.route']", "filter tags['http.route'] == 1"],
    ['filter tags.^ == 1', "tags['http.route']", "filter tags['http.route'] == 1"],
    ["filter status == 'o^", "'ok'", "filter status == 'ok'"],
    ["filter status == 'o^ther value' && a", "'ok'", "filter status == 'ok' && a"],
    ["filter status == 'o^ && a == 'b'", "'ok'", "filter status == 'ok' && a == 'b'"],
    ["filter status == 'o^' && a", "'ok'", "filter status == 'ok' && a"],
    ['filter status == ^', "'can\\'t'", "filter status == 'can\\'t'"],
    ['filter sta^', 'startsWith', 'filter startsWith('],
    ['filter sta^(a)', 'startsWith', 'filter startsWith(a)'],
    ['create x from no^', 'now', 'create x from now('],
    ['create x from pi^', 'pi', 'create x from pi()'],
    ['filter status.toL^', 'toLowerCase', 'filter status.toLowerCase('],
    ['source system/aa^ last 1h', 'system/aaa.audit_events', 'source system/aaa.audit_events last 1h'],
    ['filter a =^ 1', '==', 'filter a == 1'],
    ['source logs | whe^', 'filter', 'source logs | filter'],
    ['groupby code | ord^', 'orderby', 'groupby code | orderby'],
  ]
  for (const [marked, label, after] of cases) {
    test(marked, () => assert.equal(taken(marked, label), after))
  }
})

test('a completion tells what it is', () => {
  const at = (marked: string, wanted: string) => completeAt(marked).find(({ label }) => label === wanted)

  assert.deepEqual(at('source logs | lim^', 'limit'), {
    label: 'limit',
    kind: 'command',
    insertText: 'limit',
    range: { start: 14, end: 17 },
    detail: 'limit N',
    documentation: 'Keeps at most N rows.',
  })
  assert.deepEqual(at('filter substr^', 'substr'), {
    label: 'substr',
    kind: 'function',
    insertText: 'substr(',
    range: { start: 7, end: 13 },
    detail: 'substr(string, from, length?): string',
    documentation: 'A part of the string.',
  })
  assert.deepEqual(at('filter $d.order.it^', '$d.order.items'), {
    label: '$d.order.items',
    kind: 'field',
    insertText: '$d.order.items',
    range: { start: 7, end: 18 },
    detail: 'number',
    documentation: 'How many.',
  })
})

test('every offset that is none is taken for the nearest one that is', () => {
  assert.deepEqual(complete('li', 99), complete('li', 2))
  assert.deepEqual(complete('li', -5), complete('li', 0))
  assert.deepEqual(complete('li', Number.NaN), complete('li', 0))
})

test('every function that is not replaced by another is offered', () => {
  const scalars = completeAt('filter ^').map(({ label }) => label)
  const aggregations = completeAt('aggregate ^').map(({ label }) => label)
  for (const { name, kind, deprecatedFor } of FUNCTIONS) {
    if (deprecatedFor === null) assert.ok((kind === 'scalar' ? scalars : aggregations).includes(name), name)
  }
})

test('an answer is bounded, and fields leave room for functions', () => {
  const fields = Array.from({ length: 5000 }, (_, index) => ({ keypath: `$d.f${index}`, type: 'string' }))
  const found = complete('filter ', 7, { catalogue: { logs: fields, spans: [] } })

  assert.ok(found.length <= COMPLETIONS_MAX)
  assert.equal(found.filter(({ kind }) => kind === 'field').length, COMPLETIONS_OF_A_KIND_MAX)
  assert.ok(found.some(({ label }) => label === 'contains'))
})
