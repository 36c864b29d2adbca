/** A kind of mistake that `repair` settles, with a query that has it and what becomes of the query. */
export interface RepairFamily {
  readonly name: string
  readonly wrong: string
  readonly right: string
}

const family = (name: string, wrong: string, right: string): RepairFamily => ({ name, wrong, right })

/** What people and models write, for the documentation; the tests repair each of them. */
export const REPAIR_FAMILIES: readonly RepairFamily[] = [
  family('one equals sign', "source logs | filter a = 'x'", "source logs | filter a == 'x'"),
  family('words for operators', 'source logs | filter a and not b or c', 'source logs | filter a && !b || c'),
  family('angle brackets', 'source logs | filter a <> 1', 'source logs | filter a != 1'),
  family('infix in', "source logs | filter a in ('x', 'y')", "source logs | filter a.in('x', 'y')"),
  family('infix not in', "source logs | filter a not in ('x', 'y')", "source logs | filter !a.in('x', 'y')"),
  family('infix contains', "source logs | filter a contains 'x'", "source logs | filter a.contains('x')"),
  family('like', "source logs | filter a like 'x%'", "source logs | filter a.startsWith('x')"),
  family('is null', 'source logs | filter a is not null', 'source logs | filter a != null'),
  family('between', 'source logs | filter a between 1 and 5', 'source logs | filter a >= 1 && a <= 5'),
  family('!~', "source logs | filter a !~ 'x'", "source logs | filter !(a ~ 'x')"),
  family('=~', 'source logs | filter a =~ /x/', 'source logs | filter a.matches(/x/)'),
  family(
    'the conditional operator',
    "source logs | create b from a > 1 ? 'x' : 'y'",
    "source logs | create b from if(a > 1, 'x', 'y')",
  ),
  family(
    'the null operator',
    "source logs | create b from a ?? 'none'",
    "source logs | create b from firstNonNull(a, 'none')",
  ),
  family(
    'strings added',
    "source logs | create c from a + '/' + b",
    "source logs | create c from concat(a, '/', b)",
  ),
  family(
    'case when',
    "source logs | create b from case when a > 1 then 'x' else 'y' end",
    "source logs | create b from case { a > 1 -> 'x', _ -> 'y' }",
  ),
  family('a colon that compares', 'source logs | filter status:500', 'source logs | filter status == 500'),
  family('two colons', 'source logs | filter a::number > 5', 'source logs | filter a:number > 5'),
  family('cast as', 'source logs | filter cast(a as int) > 5', 'source logs | filter a:number > 5'),
  family('quotes of books', 'source logs | filter a == “x”', "source logs | filter a == 'x'"),
  family('doubled quotes', "source logs | filter a == 'it''s'", "source logs | filter a == 'it\\'s'"),
  family(
    'double quotes and quoted severities, beside an error',
    'source logs | filter $m.severity = "error" and a = "x"',
    "source logs | filter $m.severity == ERROR && a == 'x'",
  ),
  family(
    'abbreviated and numeric severities, beside an error',
    'source logs | filter $m.severity >= warn and $m.severity != 6',
    'source logs | filter $m.severity >= WARNING && $m.severity != CRITICAL',
  ),
  family(
    'names of functions that do not exist',
    'source logs | filter upper(coalesce(a, b)).strlen() > 3',
    'source logs | filter length(toUpperCase(firstNonNull(a, b))) > 3',
  ),
  family(
    'aggregations of other languages',
    'source logs | aggregate count(*) as n, count_distinct(a) as u, countif(b > 1) as c',
    'source logs | aggregate count() as n, distinct_count(a) as u, count_if(b > 1) as c',
  ),
  family(
    'percentile with the share behind, or in percent',
    'source logs | aggregate percentile(a, 95) as p, percentile(99, a) as q, p50(a) as r',
    'source logs | aggregate percentile(0.95, a) as p, percentile(0.99, a) as q, percentile(0.5, a) as r',
  ),
  family(
    'time buckets',
    'source logs | groupby bin($m.timestamp, 5m) aggregate count() as n',
    'source logs | groupby roundTime($m.timestamp, 5m) aggregate count() as n',
  ),
  family(
    'ago',
    'source logs | filter $m.timestamp > ago(1h)',
    'source logs | filter $m.timestamp > now() - 1h',
  ),
  family(
    'intervals in words',
    'source logs last 24 hours | filter d > 5min',
    'source logs last 24h | filter d > 5m',
  ),
  family(
    'stats by',
    'source logs | stats count() as n by host',
    'source logs | groupby host aggregate count() as n',
  ),
  family(
    'aggregates before their keys',
    'source logs | aggregate count() as n by host',
    'source logs | groupby host aggregate count() as n',
  ),
  family(
    'aggregates among the keys',
    'source logs | groupby host, count() as n',
    'source logs | groupby host aggregate count() as n',
  ),
  family(
    'a pipe within a grouping, beside an error',
    'source logs | groupby host | aggregate count() as n | sort n desc',
    'source logs | groupby host aggregate count() as n | orderby n desc',
  ),
  family(
    'an aggregate behind its grouping',
    'source logs | groupby host aggregate count() as n | filter count() > 5',
    'source logs | groupby host aggregate count() as n | filter n > 5',
  ),
  family('sort', 'source logs | sort -n', 'source logs | orderby n desc'),
  family('directions in words', 'source logs | orderby n descending', 'source logs | orderby n desc'),
  family(
    'extend',
    'source logs | extend a = b * 2, c = d',
    'source logs | create a from b * 2 | create c from d',
  ),
  family('an equals sign that assigns', 'source logs | create a = b', 'source logs | create a from b'),
  family(
    'names before aggregates',
    'source logs | aggregate n = count()',
    'source logs | aggregate count() as n',
  ),
  family('head', 'source logs | head 5', 'source logs | limit 5'),
  family(
    'project and rename',
    'source logs | project a, c = b | rename a as d',
    'source logs | choose a, b as c | move a to d',
  ),
  family('top without by', 'source logs | top 5 ms', 'source logs | top 5 ms by ms'),
  family('top without results', 'source logs | top 5 by ms', 'source logs | orderby ms desc | limit 5'),
  family('as for into', 'source logs | explode a as b', 'source logs | explode a into b'),
  family(
    'a comma between conditions',
    'source logs | filter a == 1, b == 2',
    'source logs | filter a == 1 && b == 2',
  ),
  family('a condition without its command', 'source logs | a == 1', 'source logs | filter a == 1'),
  family('a misspelt command', 'source logs | fitler a == 1', 'source logs | filter a == 1'),
  family(
    'a time range as a stage',
    'source logs | filter a == 1 | last 1h',
    'source logs last 1h | filter a == 1',
  ),
  family('a time range without its word', 'source logs 1h', 'source logs last 1h'),
  family('a source without its word', 'logs | limit 5', 'source logs | limit 5'),
  family('no source at all, beside an error', 'filter a = 1', 'source logs | filter a == 1'),
  family(
    'labels in the case of the other dataset, beside an error',
    "source spans | filter $l.servicename = 'x'",
    "source spans | filter $l.serviceName == 'x'",
  ),
  family('pipes too many', 'source logs | | limit 5 |', 'source logs | limit 5'),
  family('pipes too few', 'source logs\nfilter a == 1\nlimit 5', 'source logs\n| filter a == 1\n| limit 5'),
  family('a semicolon', 'source logs | limit 5;', 'source logs | limit 5'),
  family(
    'a bracket too few or too many',
    'source logs | filter (a == 1 | limit 5',
    'source logs | filter (a == 1) | limit 5',
  ),
  family('comments of SQL', 'source logs -- all\n| limit 5', 'source logs // all\n| limit 5'),
  family(
    'Markdown and prose',
    'Here is the query:\n\n```dataprime\nsource logs | limit 5\n```\n\nIt gives five rows.',
    'source logs | limit 5',
  ),
  family(
    'SQL',
    "SELECT host, COUNT(*) AS n FROM logs WHERE a = 'x' GROUP BY host ORDER BY n DESC LIMIT 5",
    "source logs | filter a == 'x' | groupby host aggregate count() as n | orderby n desc | limit 5",
  ),
]
