import assert from 'node:assert/strict'
import { test } from 'node:test'
import { analyse } from '../analyse'
import { FUNCTIONS } from '../catalogue/functions'

/** Queries as people write them, nothing wrong with any of them. */
const IDIOMS: readonly string[] = [
  // Conditions
  'source logs | filter $m.severity == ERROR',
  'source logs | filter $m.severity >= WARNING && $m.severity != CRITICAL',
  'source logs | filter $m.severity.in(ERROR, CRITICAL) || in($m.severity, WARNING)',
  "source logs | filter $l.applicationname == 'shop' && $l.subsystemname != 'cart'",
  "source logs | filter $l.applicationname.in('shop', 'billing')",
  'source logs | filter retried',
  'source logs | filter !retried && (cached || $d.stale)',
  'source logs | filter !$d.path.startsWith(prefix)',
  'source logs | filter user != null && null == error',
  'source logs | filter $m.timestamp != null',
  'source logs | filter $d.ok == true && $d.failed != false',
  "source logs | filter $d['a'] == true",
  "source logs | filter $d.status == 500 || $d.status == '500'",
  'source logs | filter $d.bytes > $d.limit',
  'source logs | filter $d.x:number > 5 && $d.y:string == $d.z',
  'source logs | filter code:number >= 500 && code:number < 600',
  "source logs | filter $d.status:string.startsWith('5') && $d.status.startsWith('5')",
  'source logs | filter $d.flag:bool && $d.other:boolean == true',
  'source logs | filter $d.count:num % 2 == 0',
  "source logs | filter $d ~~ 'connection reset' && message ~ 'timeout'",
  "source logs | filter code:string ~ '50' && $l.subsystemname ~ 'api'",
  "source logs | filter textSearch($d.message, 'reset') || message.textSearch('again')",
  "source logs | filter 'a'.in(first, second) && in(status, 200, 201, 204)",
  'source logs | block path.matches(/^.health/) || agent.contains(bot)',
  'source logs | filter length($d.msg) > 3 && $d.msg.length() < byteLength(msg)',
  'source logs | filter user.id == $p.user && hits > $p.minimum:number && region == $p.region',
  "source logs | filter case_contains { path, '/api' -> true, _ -> false }",
  "source logs | filter case { code > 499 -> 'x', _ -> 'y' } == 'x'",
  "source logs | filter case_equals { $m.severity, ERROR -> 'bad', 'Info' -> 'good', _ -> null } != null",
  "source logs | filter firstNonNull(alias, 'none') == 'none'",
  'source logs | filter if(retried, attempts, 0) > 3',

  // Times and intervals
  "source logs | filter $m.timestamp > @'now' - 1h",
  "source logs | filter $m.timestamp >= @'2025-03-01' && $m.timestamp < @'2025-03-02T08:15:00Z'",
  'source logs | filter now() - $m.timestamp > 5m && $m.timestamp - 7d < now(1h)',
  'source logs | filter $d.when:timestamp < now() && ended - started > 90s',
  'source logs | filter $d.when.parseTimestamp() > $m.timestamp - 1d12h',
  'source logs | filter (end:timestamp - start:timestamp) / 1s > 30',
  'source logs | filter diffTime(now(), $m.timestamp) >= 1h * 2 + 30m / 2',
  "source logs | filter toInterval(elapsed_ms, 'ms') > 500ms && elapsed:interval < 1m",
  "source logs | filter toTimeUnit(now() - $m.timestamp, 'second') > 60 && 5m == 300s",
  "source logs | filter toUnixTime($m.timestamp) / 1000 > 1740816000 && $m.timestamp.toUnixTime('s') > epoch",
  "source logs | filter fromUnixTime(epoch) > @1740816000 && fromUnixTime(created, 'second') < @(epoch)",
  "source logs | filter $m.timestamp.extractTime('hour') >= 9 && extractTime($m.timestamp, 'dow', 'Europe/Zurich') < 6",
  "source logs | filter extractTime(when, 'month') == 3 || extractTime(when, 'W', tz='+01:30') == 9",
  "source logs | filter parseInterval(took) > 2s && '1h'.parseInterval() == 60m",
  'source logs | create slot from $m.timestamp / 15m',
  'source logs | create slot from roundTime($m.timestamp, 1h) | filter slot == $m.timestamp.roundTime(1h)',
  "source logs | create day from $m.timestamp.formatTimestamp('%Y-%m-%d') | filter day == '2025-03-01'",
  "source logs | create t from formatTimestamp($m.timestamp, tz='+0130') | create u from formatTimestamp(now(), 'iso8601', 'UTC')",
  "source logs | create t from parseTimestamp(at, '%m/%d/%Y|timestamp_second', 'EST') | filter t < now()",
  "source logs | create age from formatInterval(now() - $m.timestamp, 's') | create exact from formatInterval(1h, scale='ms')",
  "source logs | create i from roundInterval(2h5m, 'h') | create j from addInterval(i, subtractInterval(1h, 5m)) | filter j > 1h",
  'source logs | create i from multiplyInterval(1h, 2.5) | create j from divideInterval(i, 2) | filter i / j == 2',
  'source logs | create t from addTime($m.timestamp, 1h) | create u from subtractTime(t, grace) | filter u < t',
  'source logs | roundtime to 10m into slot | filter slot > now() - 1d',
  'source logs | roundtime when: timestamp to 1h | filter when > now() - 1d',
  "source logs between @'now' - 2d and @'now' - 1d | limit 5",
  'source logs between $p.timeRange.startTime - 1d and $p.timeRange.endTime | count',
  "source logs around @'2025-03-01T08:15:00Z' interval 10m | count",

  // Numbers
  'source logs | create x from $d.a - $d.b > 3',
  'source logs | create x from (a + b) * c / d % 10',
  'source logs | create x from abs(a - b) + ceil(c) - floor(d) * round(e, 2) / sqrt(f)',
  'source logs | create x from power(a, 2) + mod(a, 7) + ln(b) + log(10, b) + log2(b) + e() + pi()',
  'source logs | create x from random() * 10 + randomInt(6) + max(a, b, 1) + min(a, 1)',
  "source logs | create x from fromBase('ff', 16) + 1 | create y from toBase(x, 2) | filter y.endsWith('1')",
  'source logs | create x from 3.power(2) + length(a) * 2',
  'source logs | create ms from duration_ns:number / 1000000 | filter ms > 250.5',
  'source spans | filter $m.duration > 500 | create ms from $m.duration / 1000 | orderby ms desc',
  'source spans | groupby $l.serviceName aggregate avg($m.duration) / 1000 as ms | filter ms > 1.5',

  // Strings
  "source logs | create x from concat(a, ':', n)",
  'source logs | create x from `{count} hits of {path} at {$m.timestamp}` | filter x != null',
  "source logs | create x from a.trim().toLowerCase() | create y from ltrim(x).concat(rtrim(x), toUpperCase('x'))",
  "source logs | create x from substr(a, 0, 5) | create y from a.substr(2) | filter y.indexOf('z') > -1",
  "source logs | create x from splitParts(a, '/', 2) | create y from regexpSplitParts(a, /[,;]/, 1) | filter x == y",
  "source logs | create x from pad(n, 5, '0') | create y from a.padLeft(9, ' ') | create z from padRight(a, 9, '.')",
  'source logs | create x from encodeBase64(a) | filter decodeBase64(x) == urlDecode(urlEncode(a))',
  "source logs | create x from chr(65) | filter codepoint(x) == 65 && x.contains('A')",
  "source logs | filter $m.severity.toUpperCase() == 'ERROR'",
  "source logs | filter msg.arraySplit(' ')[0] == 'GET' && arraySplit(msg, /\\s+/).arrayLength() > 3",

  // Arrays
  "source logs | filter ['a', 'b'].arrayContains(kind) && inArray(kind, kinds) && tags.arrayContains('vip')",
  'source logs | filter isEmpty(items) || cardinality(items) == 1 || isSubset(items, others)',
  'source logs | filter isSuperset(items, [1, 2]) && setEqualsTo(a, b)',
  'source logs | create x from arrayAppend(items, 1).arrayConcat(others).arrayRemove(2).arraySort(desc=true)',
  'source logs | create x from arrayInsertAt(items, 0, 1) | create y from arrayRemoveAt(x, 0) | filter arrayLength(y) > 0',
  'source logs | create x from arrayReplaceAll(items, 1, 2) | create y from arrayReplaceAt(x, 0, 1)',
  "source logs | create x from setUnion(a, setIntersection(b, c)) | create y from setDiff(x, d) | filter arrayJoin(y, ',') != ''",
  'source logs | create x from setDiffSymmetric(a, b) | explode x into y | filter y > 5',
  "source logs | explode arraySplit(tags, ',') into tag original preserve | filter tag == 'vip'",

  // Addresses and the rest
  "source logs | filter ipInSubnet(ip, '10.0.0.0/8') && !ipInRange(ip, '10.0.0.1', '10.0.0.9')",
  "source logs | create net from ipPrefix(client.ip, 24) | filter net == '10.0.0.0/24' && isUuid(id)",
  'source logs | create id from randomUuid() | create place from recordLocation() | filter id != place',
  "source logs | create x from if(a, 1, null) | create y from if(b > 1, 'many') | filter x > 0 || y == 'many'",
  'source logs | create x from firstNonNull(a, b, null) | filter x > 5',

  // Aggregations
  'source logs | groupby host aggregate count() as n | filter n > 5 | orderby n desc',
  'source logs | groupby host aggregate count_if($m.severity == ERROR) / count() * 100 as pct',
  'source logs | groupby host aggregate count_if(code >= 500, user) as users, count_if(retried) as again',
  'source logs | groupby host aggregate avg(x).round() as mean, sum(if(ok, 1, 0)) as good',
  'source logs | groupby host aggregate sum(case { ok -> 1, _ -> 0 }) / count() as share',
  'source logs | groupby host aggregate percentile(0.95, d).floor() as p95, percentile(0.5, d, error_threshold=0.1) as p50',
  'source logs | groupby host aggregate max($m.timestamp) as last, min($m.timestamp) as first | filter last - first > 1h',
  'source logs | groupby host aggregate max(version) as newest, any_value(message) as sample, any_value() as record',
  "source logs | groupby host aggregate max_by($m.timestamp, status) as status | filter status == 'down'",
  'source logs | groupby host aggregate min_by(latency, trace) as fastest, max_by(urgent, id), max_by($m.severity, id)',
  'source logs | groupby host aggregate collect(user, distinct=true, limit=10) as users | filter arrayLength(users) > 3',
  'source logs | groupby host aggregate distinct_count(user) as u, approx_count_distinct(user, ip) as a',
  'source logs | groupby host aggregate distinct_count_if(code == 200, user) as u | filter u:number > 3',
  'source logs | groupby host aggregate stddev(x) + variance(x) as a, sample_stddev(x) / sample_variance(x) as b',
  'source logs | groupby $m.timestamp / 1h as t aggregate count() as n | filter t > now() - 1d | orderby t',
  'source logs | groupby roundTime($m.timestamp, 5m), $l.subsystemname count() as n',
  "source logs | groupby $l.subsystemname aggregate count() as n | filter subsystemname == 'cart'",
  'source logs | groupby price aggregate sum(cost) / price as ratio',
  'source logs | groupby price:number as p aggregate sum(cost) * p as total, sum(cost) / ($p.rate:number) as rated',
  "source logs | groupby user.name aggregate `{user.name}: {count()}` as line, concat(name, 'x', max(tag)) as label",
  'source logs | multigroupby (host), (host, path) aggregate count() as n | filter host == null || n > 1',
  'source logs | countby path into hits desc | filter hits > 5',
  "source logs | distinct $l.applicationname as app | filter app.startsWith('shop')",
  'source logs | top 5 path, count() as n by n',
  'source logs | bottom 3 host by avg(cpu) as cpu',
  'source logs | count into n | filter n == 0',

  // From stage to stage
  "source logs | convert code:number, at:timestamp | filter code > 499 && at > @'2025-03-01'",
  "source logs | replace code with code:string | filter code.startsWith('5')",
  "source logs | create x from 1 | replace x with 'a' | filter x == 'a'",
  "source logs | create x from '5' on keypath exists skip | convert x:number | filter x > 4",
  "source logs | create x from 1 | remove x | create x from now() | filter x > @'2025-03-01'",
  'source logs | move $m.timestamp to at | filter at > now() - 1h',
  'source logs | choose $m.timestamp, a + 1 as b | filter b > 5 && $m.timestamp > now() - 1h | orderby $m.timestamp',
  "source logs | extract msg into kv using kv() datatypes took:number | filter kv.took > 500 && kv.user == 'root'",
  "source logs | extract msg into r using regexp(e=/(?<code>\\d+)/) | filter r.code:number > 400 || r.code == '404'",
  "source logs | extract csv into parts using split(',') | filter parts[0] == 'x' && arrayLength(parts) > 2",
  "source logs | enrich ip into geo using ranges | filter geo.country == 'CH'",
  'source logs | join (source logs | groupby id aggregate count() as n) on left=>id == right=>id into other | filter other.n > 5',
  'source users | join (source logs | countby userid) on id == userid into logins | filter logins._count > 2',
  "source logs | create x from 1 | union (source spans | create x from 'a') | filter x == 'a'",
  'source logs | stitch (source plan | orderby at) into plan | filter plan.at == at',
  "source system/alerts.history | filter $m.timestamp > now() - 1d && $d.status == 'open'",
  "source my_table | filter timestamp > '2025-03-01' && id == '7'",
]

const OF_TYPES = /^DP0(32|33|42|43|46|47)\d$/

test('queries as people write them have no error, and nothing is said against their types', () => {
  for (const text of IDIOMS) {
    const found = analyse(text).diagnostics.filter(
      ({ code, severity }) => severity === 'error' || (severity === 'warning' && OF_TYPES.test(code)),
    )
    assert.deepEqual(
      found.map(({ code, message }) => `${code} ${message}`),
      [],
      text,
    )
  }
})

test('there is a query for every function that is documented', () => {
  const all = IDIOMS.join('\n')
  for (const { name, documented, deprecatedFor } of FUNCTIONS) {
    if (documented && deprecatedFor === null) assert.match(all, new RegExp(`\\b${name}\\(`), name)
  }
})
