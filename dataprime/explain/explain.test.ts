import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { FUNCTIONS, type FunctionSignature, type Parameter } from '../catalogue/functions'
import { hasErrors } from '../diagnostics/diagnostic'
import { parse } from '../syntax/parser'
import { readCorpus } from '../testing/corpus-file'
import { explain, explainStages } from './explain'

const said = (text: string) => explain(parse(text).query)

test('a query is told in a sentence for each stage', () => {
  assert.equal(
    said(
      "source logs last 1h | filter $m.severity == ERROR && !$d.path.startsWith('/health')" +
        ' | groupby $l.subsystemname aggregate count() as n, percentile(0.95, $d.ms) as p95 | orderby n desc | limit 10',
    ),
    "Reads logs from the last hour. Keeps the rows where severity is ERROR and path does not start with '/health'. " +
      'Groups by subsystemname, and computes the number of rows as n and the 95th percentile of ms as p95 for each group. ' +
      'Sorts by n in descending order. Keeps the first 10 rows.',
  )
})

const STAGES: readonly (readonly [stage: string, sentence: string])[] = [
  ['source logs', 'Reads logs.'],
  ['from spans', 'Reads spans.'],
  ['source default/logs last 1h', 'Reads default/logs from the last hour.'],
  ['source logs last 30m * 2', 'Reads logs from the last 30 minutes times 2.'],
  ['source system/"alerts.history" last 7d', 'Reads the dataset system/alerts.history from the last 7 days.'],
  ['source users', 'Reads the dataset users.'],
  [
    "source logs between @'2025-03-01' and @'2025-03-02T08:15'",
    'Reads logs between 2025-03-01 and 2025-03-02T08:15.',
  ],
  ["source logs between @'now' - 2d and @'now'", 'Reads logs between 2 days ago and now.'],
  [
    'source logs between $p.timeRange.startTime - 1d and $p.timeRange.endTime',
    'Reads logs between 1 day before the start of the selected time range and the end of the selected time range.',
  ],
  ['source logs around @1740816000', 'Reads logs in a window of 30 minutes around 2025-03-01T08:00:00Z.'],
  [
    "source logs around @'now'/1h interval 2h",
    'Reads logs in a window of 2 hours around now rounded down to the hour.',
  ],
  ['source logs timeshifted -1d', 'Reads logs from the requested time range, moved back by 1 day.'],
  ['source logs timeshifted 1w', 'Reads logs from the requested time range, moved forward by 7 days.'],
  [
    'source logs timeshifted $p.shift',
    'Reads logs from the requested time range, moved by the parameter shift.',
  ],
  ['filter code >= 400', 'Keeps the rows where code is at least 400.'],
  [
    "filter $m.severity >= WARNING && $l.subsystemname != 'cx'",
    "Keeps the rows where severity is at least WARNING and subsystemname is not 'cx'.",
  ],
  ['filter a == b == c', 'Keeps the rows where (a is b) is c.'],
  ['filter !(a < b == c)', 'Keeps the rows where (a is less than b) is not c.'],
  ['filter null == a', 'Keeps the rows where a is missing.'],
  ["filter '' != a", 'Keeps the rows where a is not empty.'],
  ["filter 'x' == a", "Keeps the rows where a is 'x'."],
  ["filter !('x' == a)", "Keeps the rows where a is not 'x'."],
  [
    "filter $d.severity == 'high' && $m.severity == ERROR",
    "Keeps the rows where severity of the data is 'high' and severity is ERROR.",
  ],
  ['choose a.arraySort() as b', 'Keeps only a in sorted order as b.'],
  ['choose arraySort(a, true) as b', 'Keeps only a in descending order as b.'],
  [
    'choose a.arraySort(nullsFirst=true, desc=false) as b',
    'Keeps only a in ascending order with nulls first as b.',
  ],
  [
    'aggregate collect(x, limit=10, ignoreNulls=true) as xs',
    'Computes the list of at most 10 values of x that are present as xs over all rows.',
  ],
  [
    'aggregate x.collect(distinct=true, limit=3) as xs',
    'Computes the list of at most 3 distinct values of x as xs over all rows.',
  ],
  ['filter active', 'Keeps the rows where active is true.'],
  ['filter !active', 'Keeps the rows where active is not true.'],
  ['filter !(a == 1 && b == 2)', 'Keeps the rows where not (a is 1 and b is 2).'],
  ['filter status:number >= 500', 'Keeps the rows where status (as a number) is at least 500.'],
  ["filter $m.timestamp > @'now' - 1h", 'Keeps the rows where timestamp is less than 1 hour ago.'],
  ['filter path.matches(/^\\/api/)', 'Keeps the rows where path matches the pattern /^\\/api/.'],
  ['filter !path.matches(/^\\/api/)', 'Keeps the rows where path does not match the pattern /^\\/api/.'],
  [
    "filter $d ~~ 'timeout' || msg ~ 'refused'",
    "Keeps the rows where the whole record mentions 'timeout' or msg mentions 'refused'.",
  ],
  ["filter host == null || name != ''", 'Keeps the rows where host is missing or name is not empty.'],
  ['filter [1, 2].arrayContains(code)', 'Keeps the rows where code is one of 1, 2.'],
  ['filter in(code, 1)', 'Keeps the rows where code is 1.'],
  ['filter isUuid(id) && !isEmpty(tags)', 'Keeps the rows where id is a UUID and tags is not empty.'],
  ["filter startsWith(path, '/a') == true", "Keeps the rows where path starts with '/a'."],
  ['filter cond(x)', 'Keeps the rows where cond(x) is true.'],
  ['filter a + b > c * 2', 'Keeps the rows where a plus b is greater than c times 2.'],
  ['filter a - (b - c) > 0', 'Keeps the rows where a minus (b minus c) is greater than 0.'],
  ['filter if(a > 1, b, c) == 2', 'Keeps the rows where (b if a is greater than 1, otherwise c) is 2.'],
  [
    "filter $d[$p.groupField] == 'x'",
    "Keeps the rows where the field named by the parameter groupField is 'x'.",
  ],
  ["filter tags['http.route'] == 'a'", "Keeps the rows where tags['http.route'] is 'a'."],
  [
    "filter recordLocation() == 'x' && arrayLength(x) > 0",
    "Keeps the rows where the location of the record is 'x' and the number of elements of x is greater than 0.",
  ],
  ["block path == '/ping'", "Drops the rows where path is '/ping'."],
  ["find 'denied' in msg", "Keeps the rows where msg mentions 'denied'."],
  ["wildfind 'ECONNRESET'", "Keeps the rows that mention 'ECONNRESET' in any field."],
  ["lucene 'code:[500 TO 599]'", "Keeps the rows that match the Lucene query 'code:[500 TO 599]'."],
  ['groupby host agg count() as n', 'Groups by host, and computes the number of rows as n for each group.'],
  [
    'groupby host, region as r aggregate avg(ms) as a, percentile(0.99, ms), max(ms)',
    'Groups by host and region as r, and computes the average of ms as a, the 99th percentile of ms and the maximum of ms for each group.',
  ],
  ['groupby host', 'Groups by host, and keeps one row for each group.'],
  [
    'groupby true aggregate count() as n',
    'Groups all rows together, and computes the number of rows as n for each group.',
  ],
  [
    'groupby $m.timestamp / 5m as t aggregate count_if(a > 1) as errors, count() as n',
    'Groups by timestamp in steps of 5 minutes as t, and computes (the number of rows where a is greater than 1) as errors and the number of rows as n for each group.',
  ],
  [
    'groupby $d[$p.x] aggregate sum(a) / count() as mean, collect(x, distinct=true) as xs',
    'Groups by the field named by the parameter x, and computes the sum of a divided by the number of rows as mean and the list of distinct values of x as xs for each group.',
  ],
  [
    "groupby case { code >= 500 -> 'bad', _ -> 'good' } as kind aggregate count() as n",
    "Groups by ('bad' if code is at least 500, otherwise 'good') as kind, and computes the number of rows as n for each group.",
  ],
  [
    "groupby extractTime($m.timestamp, 'hour') as h aggregate count()",
    'Groups by the hour of timestamp as h, and computes the number of rows for each group.',
  ],
  [
    'multigroupby (a), (a, b), () agg count() as n',
    'Groups by a, then again by a and b, then again all rows together, and computes the number of rows as n for each group.',
  ],
  [
    'aggregate distinct_count(user) as users, sum(bytes) as total',
    'Computes the number of distinct values of user as users and the sum of bytes as total over all rows.',
  ],
  ['count', 'Counts the rows.'],
  ['count into total', 'Counts the rows as total.'],
  ['countby host into hits desc', 'Counts the rows for each host as hits, largest count first.'],
  ['countby host, code', 'Counts the rows for each combination of host and code.'],
  ['countby host asc', 'Counts the rows for each host, smallest count first.'],
  ['distinct region as r', 'Lists each distinct region as r once.'],
  ['distinct a, b', 'Lists each distinct combination of a and b once.'],
  ['dedupeby order_id', 'Keeps one row for each order_id.'],
  ['dedupeby order_id keep 2', 'Keeps 2 rows for each order_id.'],
  [
    'dedupeby a, b keep 1 orderby $m.timestamp desc, x',
    'Sorts by timestamp, newest first, then by x in ascending order, and keeps the first row for each combination of a and b.',
  ],
  ['dedupeby a keep 3 orderby x', 'Sorts by x in ascending order, and keeps the first 3 rows for each a.'],
  ['top 3 host by max(cpu)', 'Groups by host, and lists the top 3 groups by the maximum of cpu.'],
  [
    'top 5 host, count() as n by n',
    'Groups by host, and lists the top 5 groups by n, with the number of rows as n for each.',
  ],
  ['top 5 host by cpu', 'Lists host for the top 5 rows by cpu.'],
  ['bottom 1 host, cpu as c by cpu', 'Lists host and cpu as c for the bottom row by cpu.'],
  [
    'bottom 2 host by avg(cpu) as c',
    'Groups by host, and lists the bottom 2 groups by the average of cpu as c.',
  ],
  [
    'top 1 count() by count()',
    'Groups all rows together, and lists the top group by the number of rows, with the number of rows for each.',
  ],
  ['orderby cpu desc, host', 'Sorts by cpu in descending order, then by host in ascending order.'],
  ['orderby $m.timestamp desc', 'Sorts by timestamp, newest first.'],
  ['orderby $m.severity desc', 'Sorts by severity, most severe first.'],
  ['limit 25', 'Keeps the first 25 rows.'],
  ['limit 1', 'Keeps the first row.'],
  ['limit 0', 'Keeps no rows.'],
  ['limit $p.n', 'Keeps the first rows (as many as the parameter n).'],
  ['choose host, cpu * 100 as pct', 'Keeps only host and cpu times 100 as pct.'],
  ["choose if(a == 1, 'x', 'y') as z, b", "Keeps only ('x' if a is 1, otherwise 'y') as z and b."],
  ['create secs from ms / 1000', 'Sets secs to ms divided by 1000.'],
  ['create a as b', 'Sets b to a.'],
  [
    "create level from case { a > 5 -> 'high', b -> 'mid', _ -> 'low' }",
    "Sets level to 'high' if a is greater than 5, 'mid' if b is true, otherwise 'low'.",
  ],
  [
    "create level from case_equals { status, 1 -> 'low', 2 -> 'high' }",
    "Sets level to 'low' if status is 1, 'high' if it is 2, otherwise null.",
  ],
  [
    "create level from case_greaterthan { ms, 1000 -> 'slow', 100 -> 'ok', _ -> 'fast' }",
    "Sets level to 'slow' if ms is greater than 1000, 'ok' if it is greater than 100, otherwise 'fast'.",
  ],
  [
    "create level from case_contains { msg, 'time' -> 't', _ -> msg }",
    "Sets level to 't' if msg contains 'time', otherwise msg.",
  ],
  [
    "create level from case_find { msg, 'time' -> 't' }",
    "Sets level to 't' if msg mentions 'time', otherwise null.",
  ],
  [
    'create level from case_lessthan { ms, 10 -> case { a -> 1, _ -> 2 } }',
    'Sets level to (1 if a is true, otherwise 2) if ms is less than 10, otherwise null.',
  ],
  [
    "create x from if(a > 5 && b, 'p')",
    "Sets x to 'p' if a is greater than 5 and b is true, otherwise null.",
  ],
  ['create x from `{a}-{b}`', 'Sets x to the text `{a}-{b}`.'],
  ['create x from status:number', 'Sets x to status (as a number).'],
  ['create x from -y', 'Sets x to minus y.'],
  ["create x from @'now' - $m.timestamp", 'Sets x to now minus timestamp.'],
  [
    "create x from formatTimestamp($m.timestamp, '%Y', tz='+02')",
    "Sets x to timestamp as text in the format '%Y' and the time zone '+02'.",
  ],
  [
    "create x from firstNonNull(a, b, 'z').toLowerCase()",
    "Sets x to (the first of a, b and 'z' that is present) in lower case.",
  ],
  [
    'create a.b from 1 on keypath exists skip on keypath missing create on datatype changed fail',
    'Sets a.b to 1, skipping rows where it already exists, creating its parent where that is missing and failing where its type would change.',
  ],
  ['create a from 1 on keypath exists overwrite', 'Sets a to 1, overwriting it where it already exists.'],
  ['create a from 1 on datatype changed overwrite', 'Sets a to 1, even where its type changes.'],
  ['replace host with host.toLowerCase()', 'Replaces the value of host with host in lower case.'],
  [
    'replace host with 1 on datatype changed skip',
    'Replaces the value of host with 1, skipping rows where its type would change.',
  ],
  ['remove debug, raw.body', 'Removes debug and raw.body.'],
  ['remove a, b, c', 'Removes a, b and c.'],
  ['move a.b to b', 'Moves a.b to b.'],
  ['move a to $d', 'Moves what is in a to the top level of the record.'],
  [
    "redact card matching /\\d{12}/ to '#'",
    "Replaces every match of the pattern /\\d{12}/ in card with '#'.",
  ],
  ["redact card 'secret' to ''", "Removes every 'secret' from card."],
  ['convert retries:number, a.b:string', 'Converts retries to a number and a.b to text.'],
  [
    'roundtime to 10m into slot',
    'Rounds the timestamp down to steps of 10 minutes, and stores the result as slot.',
  ],
  ['roundtime to 1h', 'Rounds the timestamp down to the hour.'],
  ['roundtime t to 1d into day', 'Rounds t down to the day, and stores the result as day.'],
  [
    'explode lines into line original preserve',
    'Makes a row of each element of lines as line, and keeps the other fields.',
  ],
  ['explode lines into line', 'Makes a row of each element of lines as line, and drops the other fields.'],
  ['extract msg into kv using kv()', 'Extracts key-value pairs from msg into kv.'],
  [
    "extract msg into kv using kv(pair_delimiter='&', key_delimiter='=')",
    "Extracts key-value pairs from msg into kv, with pairs separated by '&' and keys and values separated by '='.",
  ],
  [
    'extract msg into p using regexp(e=/(?<a>x)/)',
    'Extracts the groups of the pattern /(?<a>x)/ from msg into p.',
  ],
  [
    'extract msg into p using multi_regexp(/\\d+/)',
    'Extracts every match of the pattern /\\d+/ from msg into p.',
  ],
  [
    'extract msg into $d using jsonobject(max_unescape_count=1) datatypes a:number, b:string',
    'Parses msg as a JSON object into the top level of the record, unescaped once at most, and converts a to a number and b to text.',
  ],
  [
    "extract msg into p using split(',', number)",
    "Splits msg at ',' into p, with each part converted to a number.",
  ],
  [
    'enrich sku into item using catalogue',
    'Looks up sku in the table catalogue, and stores the result as item.',
  ],
  [
    'join (source t) using id into t',
    'Joins each row with the rows of the dataset t that have the same id, and stores them as t; rows without a match are kept.',
  ],
  [
    'join left (source spans last 1h | filter a == 1 | choose id) on left=>user == right=>id into t',
    'Joins each row with the rows of a sub-query (reads spans from the last hour; keeps the rows where a is 1; keeps only id) where the left user equals the right id, and stores them as t; rows without a match are kept.',
  ],
  [
    'join inner (source t) on a == b && c == d into t',
    'Joins each row with the rows of the dataset t where a equals b and c equals d, and stores them as t; rows without a match are dropped.',
  ],
  [
    'join full (source t) using a, b into t',
    'Joins each row with the rows of the dataset t that have the same a and b, and stores them as t; rows of both sides without a match are kept.',
  ],
  ['join cross (source t) into t', 'Pairs each row with every row of the dataset t, and stores it as t.'],
  ['union (source archive)', 'Adds the rows of the dataset archive.'],
  ['union (source logs | limit 5)', 'Adds the rows of a sub-query (reads logs; keeps the first 5 rows).'],
  [
    'stitch (source plan) into plan',
    'Pairs the rows by position with those of the dataset plan, and stores those as plan.',
  ],
  [
    'stitch (source plan | orderby day) into $d merge',
    'Pairs the rows by position with those of a sub-query (reads the dataset plan; sorts by day in ascending order), and merges their fields into the top level of the record.',
  ],
  [
    "filter $m.timestamp < now() - 7d || $m.timestamp >= @'2025-01-01'",
    'Keeps the rows where timestamp is more than 7 days ago or timestamp is no earlier than 2025-01-01.',
  ],
  [
    "filter !(a ~ 'x') && !(b == null) && !(c > 5)",
    "Keeps the rows where a does not mention 'x' and b is present and c is not greater than 5.",
  ],
  [
    "filter !(startsWith(path, '/a') == true) && contains(x, 'a') == false",
    "Keeps the rows where path does not start with '/a' and x does not contain 'a'.",
  ],
  ['filter a.firstNonNull(b) == 5', 'Keeps the rows where (the first of a and b that is present) is 5.'],
  ['filter a == 1 || b == 2 && c == 3', 'Keeps the rows where a is 1 or (b is 2 and c is 3).'],
  ['top $p.n host by cpu', 'Lists host for the top rows (as many as the parameter n) by cpu.'],
  [
    'groupby h agg count_if(a > 1) as errors, count() as n, max_by(ts, x) as last',
    'Groups by h, and computes (the number of rows where a is greater than 1) as errors, the number of rows as n and (the value of x where ts is largest) as last for each group.',
  ],
  ["create x from ts.toUnixTime('second') + 5", 'Sets x to ts in Unix seconds plus 5.'],
  [
    'aggregate count(a > 5), any_value(), approx_count_distinct(a, b), max(a, b)',
    'Computes (the number of rows where (a is greater than 5) is present), any one record, the approximate number of distinct values of a and b and the largest of a and b over all rows.',
  ],
  ["filter s:timestamp > @'2025-01-01'", 'Keeps the rows where s (as a timestamp) is after 2025-01-01.'],
  [
    "filter $m.timestamp.extractTime('dow') == 1",
    'Keeps the rows where the day of the week of timestamp is 1.',
  ],
  ['filter $m.timestamp > now() + 1h', 'Keeps the rows where timestamp is more than 1 hour from now.'],
  [
    "source lookup(teamId=12, version='b') last 1d",
    "Reads the dataset lookup with teamId set to 12 and version set to 'b' from the last day.",
  ],
  [
    "extract msg into kv using kv(':', quote_char='\"')",
    "Extracts key-value pairs from msg into kv, with pairs separated by ':' and values quoted with '\"'.",
  ],
  [
    "create x from pad(trim(a), 5, '0')",
    "Sets x to a without surrounding blanks padded on the left with '0' to 5 characters.",
  ],
  ['create x from @(y)', 'Sets x to the time y.'],
  [
    "create age from (@'now' - started:timestamp) / 1h",
    'Sets age to (now minus started (as a timestamp)) divided by 1 hour.',
  ],
  ['dedupeby a keep $p.n', 'Keeps as many rows as the parameter n for each a.'],
  [
    "filter x.matches(/^a b$/) && 'y' == z",
    "Keeps the rows where x matches the pattern /^a b$/ and z is 'y'.",
  ],
  ['countby a, b into n asc', 'Counts the rows for each combination of a and b as n, smallest count first.'],
  ["find 'x y' in $l.category", "Keeps the rows where category mentions 'x y'."],
  ["redact a matching 'b' to 'c'", "Replaces every 'b' in a with 'c'."],
  ['groupby a, b', 'Groups by a and b, and keeps one row for each group.'],
]

describe('what a stage does', () => {
  for (const [stage, sentence] of STAGES) {
    test(stage, () => {
      const { query, diagnostics } = parse(stage)

      assert.ok(!hasErrors(diagnostics))
      assert.deepEqual(explainStages(query), [sentence])
    })
  }
})

test('a time is told by its name or the function that gives it, a duration is none', () => {
  const order = (expression: string) => said(`orderby ${expression} desc`)

  assert.match(order('$m.timestamp'), /newest first/)
  assert.match(order('started_timestamp'), /newest first/)
  assert.match(order('start_time'), /newest first/)
  assert.match(order('at:timestamp'), /newest first/)
  assert.match(order("at.parseTimestamp('%Y')"), /newest first/)
  assert.match(order('response_time'), /in descending order/)
  assert.match(order('ms'), /in descending order/)
})

test('intervals are said in words', () => {
  assert.equal(said('source spans last 90m'), 'Reads spans from the last 90 minutes.')
  assert.equal(said('source spans last 1d12h'), 'Reads spans from the last 36 hours.')
  assert.equal(said('source spans last 1h1s'), 'Reads spans from the last 1 hour and 1 second.')
})

test('conditions are said as people say them', () => {
  const condition = (text: string) => said(`filter ${text}`).slice('Keeps the rows where '.length, -1)

  assert.equal(condition('a >= 5 || b < 3'), 'a is at least 5 or b is less than 3')
  assert.equal(condition('(a == 1 || b != 2) && c == null'), '(a is 1 or b is not 2) and c is missing')
  assert.equal(condition("a.in('x', 'y') && !b.in(1)"), "a is one of 'x', 'y' and b is not 1")
  assert.equal(condition("!a.in('x', 'y')"), "a is none of 'x', 'y'")
  assert.equal(
    condition("$d ~~ 'x' && !(msg ~ 'y')"),
    "the whole record mentions 'x' and msg does not mention 'y'",
  )
  assert.equal(
    condition('count_if(a == 1) / count() > 0.5'),
    '(the number of rows where a is 1) divided by the number of rows is greater than 0.5',
  )
})

test('what is too long to follow is summed up', () => {
  const arms = Array.from({ length: 40 }, (_, index) => `${index} -> 'x'`).join(', ')
  const conditions = Array(50).fill('a == 1')

  assert.equal(said(`filter ${conditions.join(' || ')}`), 'Keeps the rows where 50 conditions hold.')
  assert.equal(said(`create x from ${conditions.join(' + ')}`), 'Sets x to a long expression.')
  assert.equal(
    said(`create x from case_equals { code, ${arms} }`),
    'Sets x to one of 40 values, depending on code.',
  )
  assert.equal(
    said(`create x from case { ${arms.replaceAll(' ->', ' == y ->')} }`),
    'Sets x to one of 40 values, depending on 40 conditions.',
  )
})

test('every function has words', () => {
  const written = FUNCTIONS.filter((signature) =>
    said(`aggregate ${callOf(signature)}`).includes(`${signature.name}(`),
  )

  assert.deepEqual(
    written.map(({ name }) => name),
    [],
  )
})

/** A call with the arguments that the function requires. */
function callOf({ name, parameters }: FunctionSignature): string {
  const required = parameters.filter(({ optional }) => !optional)
  return `${name}(${required.map(argumentFor).join(', ')})`
}

function argumentFor({ name, domain }: Parameter): string {
  if (domain === 'time-unit' || domain === 'date-unit') return "'h'"
  return domain === 'share' ? '0.5' : name
}

test('every stage of the corpus is told in one sentence', () => {
  for (const { query: text } of readCorpus().flatMap(({ cases }) => cases)) {
    const { query } = parse(text)
    const sentences = explainStages(query)

    assert.equal(sentences.length, query.stages.length)
    for (const sentence of sentences) assert.match(sentence, /^[A-Z].*[^ ,]\.$/s)
  }
})

test('no query is said to be none', () => {
  assert.equal(said(''), 'The query is empty.')
})
