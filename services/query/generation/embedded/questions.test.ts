import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { check, hasErrors, parse } from '#dataprime'
import type { FieldCatalogue } from '../../catalogue/field-catalogue'
import { defaultCatalogue } from '../../catalogue/load-catalogue'
import { askQuery, bankingCatalogue, bareCatalogue, fleetCatalogue } from './testing/ask'

type Table = readonly (readonly [question: string, query: string])[]

function describeQuestions(title: string, catalogue: FieldCatalogue, table: Table): void {
  describe(title, () => {
    for (const [question, query] of table) {
      it(question, async () => {
        const got = await askQuery(question, { catalogue })

        assert.equal(got, query)
        const parsed = parse(got)
        assert.equal(hasErrors(parsed.diagnostics) || hasErrors(check(parsed.query)), false)
      })
    }
  })
}

describeQuestions('a shop', defaultCatalogue, [
  [
    'show me all errors from the payments service in the last 2 hours',
    "source logs last 2h | filter $m.severity == ERROR && $l.subsystemname == 'payments'",
  ],
  [
    'top 10 endpoints by number of 5xx in the last day',
    'source logs last 1d | filter $d.status_code >= 500 | groupby $d.path aggregate count() as n | orderby n desc | limit 10',
  ],
  [
    'which service had the most errors in the last hour',
    'source logs last 1h | filter $m.severity == ERROR | groupby $l.subsystemname aggregate count() as errors | orderby errors desc | limit 1',
  ],
  [
    'which services have an error rate above 5% in the last 3 hours',
    'source logs last 3h | groupby $l.subsystemname aggregate count_if($m.severity == ERROR) / count() as error_rate | filter error_rate > 0.05',
  ],
  [
    'p95 and p99 latency by service, last 12 hours, slowest first',
    'source logs last 12h | groupby $l.subsystemname aggregate percentile(0.95, $d.duration_ms) as p95, percentile(0.99, $d.duration_ms) as p99 | orderby p95 desc',
  ],
  [
    'p95 response time per endpoint last hour, only endpoints above 2 seconds',
    'source logs last 1h | groupby $d.path aggregate percentile(0.95, $d.duration_ms) as p95 | filter p95 > 2000',
  ],
  [
    'slowest 20 requests today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | orderby $d.duration_ms desc | limit 20",
  ],
  [
    'slow endpoints today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | groupby $d.path aggregate avg($d.duration_ms) as avg_ms | orderby avg_ms desc",
  ],
  [
    '404s on /admin/users from 203.0.113.9 in the last 2 days',
    "source logs last 2d | filter $d.status_code == 404 && $d.path == '/admin/users' && $d.client_ip == '203.0.113.9'",
  ],
  [
    'give me 502s and 503s of the api-gateway, last 45m',
    "source logs last 45m | filter $l.subsystemname == 'api-gateway' && $d.status_code.in(502, 503)",
  ],
  [
    'non-2xx responses per path',
    'source logs | filter $d.status_code < 200 || $d.status_code >= 300 | groupby $d.path aggregate count() as n',
  ],
  [
    'how many users logged in today?',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $d.event == 'login_success' | aggregate distinct_count($d.user_id) as users",
  ],
  [
    'failed logins from Germany or France since yesterday',
    "source logs between @'2025-03-11T00:00:00Z' and @'now' | filter $d.event == 'login_failed' && $d.country.in('DE', 'FR')",
  ],
  [
    'logins from outside the US today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $d.event == 'login_success' && $d.country != 'US'",
  ],
  [
    'orders above 500 USD in the last week',
    "source logs last 7d | filter $d.event == 'order_placed' && $d.amount > 500",
  ],
  [
    'biggest 5 orders today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $d.event == 'order_placed' | orderby $d.amount desc | limit 5",
  ],
  [
    'average cpu per namespace every 5 minutes for the last 2 hours',
    'source logs last 2h | groupby $d.kubernetes.namespace_name, roundTime($m.timestamp, 5m) as t aggregate avg($d.cpu_pct) as avg_cpu',
  ],
  [
    'cpu and memory by pod last hour',
    'source logs last 1h | groupby $d.kubernetes.pod_name aggregate avg($d.cpu_pct) as avg_cpu, avg($d.memory_mb) as avg_memory',
  ],
  [
    'cache misses per endpoint in the last hour',
    'source logs last 1h | filter $d.cache_hit == false | groupby $d.path aggregate count() as n',
  ],
  [
    'null pointer exceptions by service today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $d.error.type == 'NullPointerException' | groupby $l.subsystemname aggregate count() as n",
  ],
  [
    'exceptions by type in the last 12 hours',
    'source logs last 12h | filter $d.error.type != null | groupby $d.error.type aggregate count() as n',
  ],
  ['errors in version 2.14', "source logs | filter $m.severity == ERROR && $d.version.startsWith('2.14')"],
  [
    'reindex job runs that exited with code 137',
    "source logs | filter $d.job == 'reindex' && $d.exit_code == 137",
  ],
  [
    'slow queries on the orders table over 2 seconds, last day',
    "source logs last 1d | filter $d.table == 'orders' && $d.query_ms > 2000",
  ],
  [
    'average SQL time per table for statements over 100 ms, last 3 hours',
    'source logs last 3h | filter $d.query_ms > 100 | groupby $d.table aggregate avg($d.query_ms) as avg_ms',
  ],
  [
    'POST or PUT requests that returned 500',
    "source logs | filter $d.method.in('POST', 'PUT') && $d.status_code == 500",
  ],
  [
    'warnings or worse from kube-system in the last hour',
    "source logs last 1h | filter $m.severity >= WARNING && $d.kubernetes.namespace_name == 'kube-system'",
  ],
  [
    'kube-system logs excluding info and debug',
    "source logs | filter $m.severity != INFO && $m.severity != DEBUG && $d.kubernetes.namespace_name == 'kube-system'",
  ],
  [
    'latest 10 errors from checkout',
    "source logs | filter $m.severity == ERROR && $l.subsystemname == 'checkout' | orderby $m.timestamp desc | limit 10",
  ],
  [
    'show the message and host of errors in the last hour',
    'source logs last 1h | filter $m.severity == ERROR | choose $d.message, $d.host',
  ],
  [
    'compare p95 latency between us-east-1 and eu-west-1 in the last 6 hours',
    "source logs last 6h | filter $d.region.in('us-east-1', 'eu-west-1') | groupby $d.region aggregate percentile(0.95, $d.duration_ms) as p95",
  ],
  [
    'requests from the 10.0.0.0/8 network excluding 10.2.3.4',
    "source logs | filter ipInSubnet($d.client_ip, '10.0.0.0/8') && $d.client_ip != '10.2.3.4'",
  ],
  [
    'dark mode sessions by device',
    "source logs | filter $d.feature_flag == 'dark-mode' | groupby $d.device aggregate distinct_count($d.session_id) as sessions",
  ],
  [
    'services without errors in the last hour',
    'source logs last 1h | groupby $l.subsystemname aggregate count_if($m.severity == ERROR) as errors | filter errors == 0',
  ],
  [
    'ratio of errors to total logs per service',
    'source logs | groupby $l.subsystemname aggregate count_if($m.severity == ERROR) / count() as ratio',
  ],
  [
    'share of refunds among orders per country this month',
    "source logs between @'2025-03-01T00:00:00Z' and @'now' | groupby $d.country aggregate count_if($d.event == 'refund_issued') / count_if($d.event == 'order_placed') * 100 as ratio",
  ],
  [
    'per service: errors, criticals, and distinct pods, past 2 hours',
    'source logs last 2h | groupby $l.subsystemname aggregate count_if($m.severity == ERROR) as errors, count_if($m.severity == CRITICAL) as criticals, distinct_count($d.kubernetes.pod_name) as pods',
  ],
  [
    'which plan spends the most',
    'source logs | groupby $d.plan aggregate sum($d.amount) as amount | orderby amount desc | limit 1',
  ],
  [
    'logs where tenant = "acme" and region != "us-east-1"',
    "source logs | filter $d.tenant == 'acme' && $d.region != 'us-east-1'",
  ],
  ['status_code:404 path:/login', "source logs | filter $d.status_code == 404 && $d.path == '/login'"],
  [
    'errors over time in the last day',
    'source logs last 1d | filter $m.severity == ERROR | groupby roundTime($m.timestamp, 1h) as hour aggregate count() as errors',
  ],
  [
    'spans from checkout to payments that failed in the last hour',
    "source spans last 1h | filter $l.serviceName == 'checkout' && $d.tags['peer.service'] == 'payments' && $d.tags.error == true",
  ],
  ['root spans of frontend', "source spans | filter $l.serviceName == 'frontend' && $d.parentSpanID == ''"],
  [
    'which services call payments',
    "source spans | filter $d.tags['peer.service'] == 'payments' | distinct $l.serviceName",
  ],
  [
    'internal spans of auth between 10 and 50 ms, last hour',
    "source spans last 1h | filter $l.serviceName == 'auth' && $d.tags['span.kind'] == 'internal' && $m.duration >= 10000 && $m.duration <= 50000",
  ],
  ['ECONNRESET in the last hour', "source logs last 1h | filter $d.message.contains('ECONNRESET')"],
  [
    'checkout errors that are not about connection refused, past 15 minutes',
    "source logs last 15m | filter $m.severity == ERROR && $l.subsystemname == 'checkout' && !$d.message.contains('connection refused')",
  ],
  [
    'addresses that tried more than 25 different endpoints in 10 minutes',
    'source logs last 10m | groupby $d.client_ip aggregate distinct_count($d.path) as paths | filter paths > 25',
  ],
  [
    'sign-ups from anywhere but IN and BR this week',
    "source logs between @'2025-03-10T00:00:00Z' and @'now' | filter $d.event == 'signup' && !$d.country.in('IN', 'BR')",
  ],
  [
    'three regions with the highest p99 latency, last 6 hours',
    'source logs last 6h | groupby $d.region aggregate percentile(0.99, $d.duration_ms) as p99 | orderby p99 desc | limit 3',
  ],
  [
    'per region: total requests, 5xx, and median latency, past hour',
    'source logs last 1h | groupby $d.region aggregate count() as total, count_if($d.status_code >= 500) as n_5xx, percentile(0.5, $d.duration_ms) as p50',
  ],
  [
    'time, user and amount of every order over 1000 dollars today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $d.event == 'order_placed' && $d.amount > 1000 | choose $m.timestamp, $d.user_id, $d.amount",
  ],
  [
    'put error counts of version 2.14.0 next to 2.13.5, last 2 days',
    "source logs last 2d | filter $m.severity == ERROR && $d.version.in('2.14.0', '2.13.5') | groupby $d.version aggregate count() as errors",
  ],
  [
    'all 401 and 403 responses per user agent today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $d.status_code.in(401, 403) | groupby $d.user_agent aggregate count() as n",
  ],
  [
    'busiest hour yesterday',
    "source logs between @'2025-03-11T00:00:00Z' and @'2025-03-12T00:00:00Z' | groupby roundTime($m.timestamp, 1h) as hour aggregate count() as n | orderby n desc | limit 1",
  ],
  [
    'which users in 10.2.0.0/16 reset their password this week',
    "source logs between @'2025-03-10T00:00:00Z' and @'now' | filter ipInSubnet($d.client_ip, '10.2.0.0/16') && $d.event == 'password_reset' | distinct $d.user_id",
  ],
  [
    'pods named like payments-*-x1, past day',
    'source logs last 1d | filter $d.kubernetes.pod_name.matches(/payments-.*-x1/)',
  ],
  [
    'p99 checkout 6h',
    "source logs last 6h | filter $l.subsystemname == 'checkout' | aggregate percentile(0.99, $d.duration_ms) as p99",
  ],
  [
    'producer spans from inventory towards rabbitmq shorter than 20 milliseconds, last hour',
    "source spans last 1h | filter $l.serviceName == 'inventory' && $d.tags['span.kind'] == 'producer' && $d.tags['messaging.system'] == 'rabbitmq' && $m.duration < 20000",
  ],
  [
    'mean duration of postgresql vs mysql spans by service, last 7 hours',
    "source spans last 7h | filter $d.tags['db.system'].in('postgresql', 'mysql') | groupby $d.tags['db.system'], $l.serviceName aggregate avg($m.duration) as avg_duration",
  ],
  [
    'critical errors of billing',
    "source logs | filter $m.severity == CRITICAL && $l.subsystemname == 'billing'",
  ],
  [
    'logs of pod cart-2f2-m3 around 09:30',
    "source logs around @'2025-03-12T09:30:00Z' | filter $d.kubernetes.pod_name == 'cart-2f2-m3'",
  ],
  [
    'what are the top error messages in the last hour?',
    'source logs last 1h | filter $m.severity == ERROR | groupby $d.message aggregate count() as errors | orderby errors desc',
  ],
])

describeQuestions('a shop, ranked and compared', defaultCatalogue, [
  [
    'top 5 slowest endpoints by p95 latency yesterday',
    "source logs between @'2025-03-11T00:00:00Z' and @'2025-03-12T00:00:00Z' | groupby $d.path aggregate percentile(0.95, $d.duration_ms) as p95 | orderby p95 desc | limit 5",
  ],
  [
    'slowest 10 paths and their number of requests',
    'source logs | groupby $d.path aggregate avg($d.duration_ms) as avg_ms, count() as total | orderby avg_ms desc | limit 10',
  ],
  [
    'latency percentiles 50, 90 and 99 by endpoint, past hour',
    'source logs last 1h | groupby $d.path aggregate percentile(0.5, $d.duration_ms) as p50, percentile(0.9, $d.duration_ms) as p90, percentile(0.99, $d.duration_ms) as p99',
  ],
  [
    'services with p99 over 2 seconds and more than 100 requests, last hour',
    'source logs last 1h | groupby $l.subsystemname aggregate percentile(0.99, $d.duration_ms) as p99, count() as total | filter p99 > 2000 && total > 100',
  ],
  [
    'paths with more than 50 distinct users today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | groupby $d.path aggregate distinct_count($d.user_id) as users | filter users > 50",
  ],
  [
    'which users had more than 10 failed payments this week',
    "source logs between @'2025-03-10T00:00:00Z' and @'now' | filter $l.subsystemname == 'payments' && $m.severity == ERROR | groupby $d.user_id aggregate count() as errors | filter errors > 10",
  ],
  [
    'users who logged in more than once from DE',
    "source logs | filter $d.event == 'login_success' && $d.country == 'DE' | groupby $d.user_id aggregate count() as n | filter n > 1",
  ],
  [
    'tenants with more than 2% 5xx responses in the last hour',
    'source logs last 1h | groupby $d.tenant aggregate count_if($d.status_code >= 500) / count() as rate_5xx | filter rate_5xx > 0.02',
  ],
  ['pods with cpu above 5%', 'source logs | filter $d.cpu_pct > 5 | distinct $d.kubernetes.pod_name'],
  [
    'hours with more than 100 errors, last 2 days',
    'source logs last 2d | filter $m.severity == ERROR | groupby roundTime($m.timestamp, 1h) as hour aggregate count() as errors | filter errors > 100',
  ],
  [
    'which hour had the most errors yesterday',
    "source logs between @'2025-03-11T00:00:00Z' and @'2025-03-12T00:00:00Z' | filter $m.severity == ERROR | groupby roundTime($m.timestamp, 1h) as hour aggregate count() as errors | orderby errors desc | limit 1",
  ],
  [
    'most common error type in checkout',
    "source logs | filter $l.subsystemname == 'checkout' | groupby $d.error.type aggregate count() as n | orderby n desc | limit 1",
  ],
  [
    'most common error types in checkout',
    "source logs | filter $l.subsystemname == 'checkout' | groupby $d.error.type aggregate count() as n | orderby n desc",
  ],
  [
    'errors per service, sorted alphabetically',
    'source logs | filter $m.severity == ERROR | groupby $l.subsystemname aggregate count() as errors | orderby subsystemname asc',
  ],
  [
    'path ending with .js, largest responses first, limit 20',
    "source logs | filter $d.path.endsWith('.js') | orderby $d.bytes desc | limit 20",
  ],
  [
    'retries per job, last week',
    'source logs last 7d | groupby $d.job aggregate sum($d.retry_count) as retries',
  ],
])

describeQuestions('a shop, one of each', defaultCatalogue, [
  [
    'longest span for user u-17 on route /login',
    "source spans | filter $d.tags.user_id == 'u-17' && $d.tags['http.route'] == '/login' | orderby $m.duration desc | limit 1",
  ],
  [
    'largest response per path, last day',
    'source logs last 1d | groupby $d.path aggregate max($d.bytes) as largest',
  ],
  [
    'longest span every 5 minutes on kafka',
    "source spans | filter $d.tags['messaging.system'] == 'kafka' | groupby roundTime($m.timestamp, 5m) as t aggregate max($m.duration) as longest",
  ],
  [
    'slowest database operations',
    "source spans | groupby $d.tags['db.system'] aggregate avg($m.duration) as avg_duration | orderby avg_duration desc",
  ],
  [
    'number of spans by operation longer than 2 seconds',
    'source spans | filter $m.duration > 2000000 | groupby $l.operationName aggregate count() as n',
  ],
  [
    'share of failing spans with status 500 by pod',
    "source spans | filter $d.tags['http.status_code'] == 500 | groupby $d.tags['k8s.pod.name'] aggregate count_if($d.tags.error == true) / count() * 100 as failing_pct",
  ],
  [
    'when did the first error happen today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $m.severity == ERROR | orderby $m.timestamp asc | limit 1",
  ],
  [
    'last staging error',
    "source logs | filter $m.severity == ERROR && $d.kubernetes.namespace_name == 'staging' | orderby $m.timestamp desc | limit 1",
  ],
  [
    'last error of each service',
    'source logs | filter $m.severity == ERROR | groupby $l.subsystemname aggregate max($m.timestamp) as latest',
  ],
  [
    'earliest span per service',
    'source spans | groupby $l.serviceName aggregate min($m.timestamp) as earliest',
  ],
  ['last hour errors', 'source logs last 1h | filter $m.severity == ERROR'],
])

describeQuestions('a shop, told in another unit', defaultCatalogue, [
  [
    'total bytes per region in GB where it exceeds 5 GB, last day',
    'source logs last 1d | groupby $d.region aggregate sum($d.bytes) / 1000000000 as total_gb | filter total_gb > 5',
  ],
  [
    'p95 latency in seconds per endpoint, slowest first',
    'source logs | groupby $d.path aggregate percentile(0.95, $d.duration_ms) / 1000 as p95_seconds | orderby p95_seconds desc',
  ],
  [
    'memory by pod in GB',
    'source logs | groupby $d.kubernetes.pod_name aggregate avg($d.memory_mb) / 1000 as avg_gb',
  ],
  ['orders in GB, last day', "source logs last 1d | filter $d.event == 'order_placed' && $d.country == 'GB'"],
])

describeQuestions('a shop, with something left out', defaultCatalogue, [
  [
    'traffic by country excluding the US',
    "source logs | filter $d.country != 'US' | groupby $d.country aggregate sum($d.bytes) as bytes",
  ],
  [
    '4xx responses except 404, by path',
    'source logs | filter $d.status_code >= 400 && $d.status_code < 500 && $d.status_code != 404 | groupby $d.path aggregate count() as n',
  ],
  [
    'logs whose message contains "deadline exceeded" but not "cart"',
    "source logs | filter $d.message.contains('deadline exceeded') && !$d.message.contains('cart')",
  ],
  [
    'how many distinct users failed to log in',
    "source logs | filter $d.event == 'login_failed' | aggregate distinct_count($d.user_id) as users",
  ],
])

describeQuestions('a shop, in passing', defaultCatalogue, [
  [
    'which service is slowest',
    'source logs | groupby $l.subsystemname aggregate avg($d.duration_ms) as avg_ms | orderby avg_ms desc | limit 1',
  ],
  ['most expensive orders', "source logs | filter $d.event == 'order_placed' | orderby $d.amount desc"],
  [
    'number of errors greater than 50 by service',
    'source logs | filter $m.severity == ERROR | groupby $l.subsystemname aggregate count() as errors | filter errors > 50',
  ],
  [
    'tenants without orders in the last 7 days',
    "source logs last 7d | groupby $d.tenant aggregate count_if($d.event == 'order_placed') as orders | filter orders == 0",
  ],
  [
    'how many different errors occurred today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $m.severity == ERROR | aggregate distinct_count($d.error.type) as error_types",
  ],
  ['list of failing jobs', 'source logs | filter $d.exit_code != 0 | distinct $d.job'],
  [
    'retry count above 3 for the emails queue',
    "source logs | filter $d.retry_count > 3 && $d.queue == 'emails'",
  ],
  ['large responses', 'source logs | orderby $d.bytes desc'],
  [
    'distribution of latency in checkout',
    "source logs | filter $l.subsystemname == 'checkout' | aggregate percentile(0.5, $d.duration_ms) as p50, percentile(0.9, $d.duration_ms) as p90, percentile(0.99, $d.duration_ms) as p99",
  ],
])

describeQuestions('a shop, counts of what has a status', defaultCatalogue, [
  [
    'users with more than 5 404s today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $d.status_code == 404 | groupby $d.user_id aggregate count() as n | filter n > 5",
  ],
  [
    'count of 404s on worker-04',
    "source logs | filter $d.status_code == 404 && $d.host == 'worker-04' | count",
  ],
  [
    'newest 10 503s in the last 500s',
    'source logs last 500s | filter $d.status_code == 503 | orderby $m.timestamp desc | limit 10',
  ],
  [
    'hosts with timeouts except GET requests',
    "source logs | filter $d.error.type == 'TimeoutError' && $d.method != 'GET' | distinct $d.host",
  ],
  ['list all orders', "source logs | filter $d.event == 'order_placed'"],
  [
    'total bytes without a session id over the past 45 minutes',
    'source logs last 45m | filter $d.session_id == null | aggregate sum($d.bytes) as bytes',
  ],
  [
    'what is the cache hit ratio by host',
    'source logs | groupby $d.host aggregate count_if($d.cache_hit == true) / count() as hit_ratio',
  ],
  [
    'show me the distinct users across tenants',
    'source logs | groupby $d.tenant aggregate distinct_count($d.user_id) as users',
  ],
])

describeQuestions('a shop, measures of some of the records', defaultCatalogue, [
  [
    'average checkout latency by region',
    "source logs | filter $l.subsystemname == 'checkout' | groupby $d.region aggregate avg($d.duration_ms) as avg_ms",
  ],
  [
    'maximum GET response size by path',
    "source logs | filter $d.method == 'GET' | groupby $d.path aggregate max($d.bytes) as bytes",
  ],
  [
    'how much did enterprise tenants spend per month this year',
    "source logs between @'2025-01-01T00:00:00Z' and @'now' | filter $d.plan == 'enterprise' | groupby roundTime($m.timestamp, 30d) as t aggregate sum($d.amount) as amount",
  ],
  [
    'total successful order amount by country',
    'source logs | filter $d.status_code < 400 | groupby $d.country aggregate sum($d.amount) as amount',
  ],
  [
    'average staging cpu and memory by pod',
    "source logs | filter $d.kubernetes.namespace_name == 'staging' | groupby $d.kubernetes.pod_name aggregate avg($d.cpu_pct) as avg_cpu, avg($d.memory_mb) as avg_memory",
  ],
  [
    'max and min duration and bytes per path',
    'source logs | groupby $d.path aggregate max($d.duration_ms) as max_duration, min($d.duration_ms) as min_duration, max($d.bytes) as max_bytes, min($d.bytes) as min_bytes',
  ],
])

describeQuestions('a shop, shares of what has two outcomes', defaultCatalogue, [
  [
    'what percentage of logins fail',
    "source logs | filter $d.event.in('login_failed', 'login_success') | aggregate count_if($d.event == 'login_failed') / count() * 100 as fail_pct",
  ],
  [
    'tenants with a login failure rate above 20%',
    "source logs | filter $d.event.in('login_failed', 'login_success') | groupby $d.tenant aggregate count_if($d.event == 'login_failed') / count() as failure_rate | filter failure_rate > 0.2",
  ],
])

describeQuestions('a shop, in the words of engineers', defaultCatalogue, [
  [
    "I'd like to see which of our customers had the most errors this week, top five please",
    "source logs between @'2025-03-10T00:00:00Z' and @'now' | filter $m.severity == ERROR | groupby $d.tenant aggregate count() as errors | orderby errors desc | limit 5",
  ],
  [
    'logs where cache_hit is false and duration_ms > 300',
    'source logs | filter $d.cache_hit == false && $d.duration_ms > 300',
  ],
  ['lines matching /user \\d+ not found/', 'source logs | filter $d.message.matches(/user \\d+ not found/)'],
  [
    'messages matching /^timeout after [0-9]+ms$/ in checkout',
    "source logs | filter $l.subsystemname == 'checkout' && $d.message.matches(/^timeout after [0-9]+ms$/)",
  ],
  ['sample 100 errors', 'source logs | filter $m.severity == ERROR | limit 100'],
  [
    'how many 404 pages today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $d.status_code == 404 | count",
  ],
  [
    'logs mentioning both refund and declined',
    "source logs | filter $d.message.contains('refund') && $d.message.contains('declined')",
  ],
  [
    'monthly revenue',
    'source logs | groupby roundTime($m.timestamp, 30d) as t aggregate sum($d.amount) as amount',
  ],
  [
    'daily active users for the last 2 weeks',
    'source logs last 14d | groupby roundTime($m.timestamp, 1d) as day aggregate distinct_count($d.user_id) as users',
  ],
  [
    'OOM errors by pod',
    "source logs | filter $d.error.type == 'OutOfMemoryError' | groupby $d.kubernetes.pod_name aggregate count() as n",
  ],
  [
    'out of memory by pod',
    "source logs | filter $d.error.type == 'OutOfMemoryError' | groupby $d.kubernetes.pod_name aggregate count() as n",
  ],
  [
    'NPEs per service',
    "source logs | filter $d.error.type == 'NullPointerException' | groupby $l.subsystemname aggregate count() as n",
  ],
  [
    'how busy was the api-gateway between 14:00 and 15:00 yesterday',
    "source logs between @'2025-03-11T14:00:00Z' and @'2025-03-11T15:00:00Z' | filter $l.subsystemname == 'api-gateway' | count",
  ],
  ['spans without a parent span', "source spans | filter $d.parentSpanID == ''"],
])

describeQuestions('a shop, what is not what it looks like', defaultCatalogue, [
  [
    'p99 latency, status >= 500',
    'source logs | filter $d.status_code >= 500 | aggregate percentile(0.99, $d.duration_ms) as p99',
  ],
  [
    'average latency and cpu above 80%',
    'source logs | filter $d.cpu_pct > 80 | aggregate avg($d.duration_ms) as avg_ms',
  ],
  [
    'slowest endpoints per hour',
    'source logs | groupby $d.path, roundTime($m.timestamp, 1h) as hour aggregate avg($d.duration_ms) as avg_ms | orderby avg_ms desc',
  ],
  ['duration = 450s', 'source logs | filter $d.duration_ms == 450000'],
  [
    'error counts in 450s steps',
    'source logs | filter $m.severity == ERROR | groupby roundTime($m.timestamp, 450s) as t aggregate count() as errors',
  ],
  ['how many 404s and 500s', 'source logs | filter $d.status_code.in(404, 500) | count'],
  [
    'average latency in US by host',
    "source logs | filter $d.country == 'US' | groupby $d.host aggregate avg($d.duration_ms) as avg_ms",
  ],
  ['errors in queue q1', "source logs | filter $m.severity == ERROR && $d.queue == 'q1'"],
  ['what calls OrderService', "source logs | filter $d.message.contains('OrderService')"],
  [
    'errors containing "timeout" not in "us-east-1"',
    "source logs | filter $m.severity == ERROR && $d.message.contains('timeout') && $d.region != 'us-east-1'",
  ],
  [
    'percentage of all requests that are failed logins',
    "source logs | aggregate count_if($d.event == 'login_failed') / count() * 100 as login_pct",
  ],
  ['slowest request handlers', 'source logs | orderby $d.duration_ms desc'],
  ['users whose last login failed', "source logs | filter $d.event == 'login_failed' | distinct $d.user_id"],
  [
    'which day had the highest latency',
    'source logs | groupby roundTime($m.timestamp, 1d) as day aggregate max($d.duration_ms) as duration | orderby duration desc | limit 1',
  ],
  [
    'slowest paths by p95 duration',
    'source logs | groupby $d.path aggregate percentile(0.95, $d.duration_ms) as p95 | orderby p95 desc',
  ],
  [
    '404 pages by path',
    'source logs | filter $d.status_code == 404 | groupby $d.path aggregate count() as n',
  ],
])

describeQuestions('a bank', bankingCatalogue, [
  [
    'merchants with more than 5% declined transactions, last 7 days',
    "source logs last 7d | groupby $d.merchant aggregate count_if($d.txn.state == 'declined') / count() as declined_rate | filter declined_rate > 0.05",
  ],
  [
    'average processing time in ms per channel',
    'source logs | groupby $d.channel aggregate avg($d.elapsed_s) * 1000 as avg_ms',
  ],
  [
    'customers whose payments were declined more than twice',
    "source logs | filter $d.txn.state == 'declined' | groupby $d.account_no aggregate count() as n | filter n > 2",
  ],
  [
    'declined card payments in the last hour',
    "source logs last 1h | filter $d.txn.state == 'declined' && $d.txn.kind == 'card_payment'",
  ],
  [
    'how many transactions were declined today by reason',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $d.txn.state == 'declined' | groupby $d.decline_reason aggregate count() as n",
  ],
  [
    'fraudulent transactions above 500 francs in the last week',
    'source logs last 7d | filter $d.is_fraud == true && $d.txn.value_cents > 50000',
  ],
  [
    'total transaction value per currency this month',
    "source logs between @'2025-03-01T00:00:00Z' and @'now' | groupby $d.txn.currency aggregate sum($d.txn.value_cents) as value",
  ],
  [
    'average transaction value by merchant, top 10',
    'source logs | groupby $d.merchant aggregate avg($d.txn.value_cents) as avg_value | orderby avg_value desc | limit 10',
  ],
  [
    'wire transfers over 10000 CHF without mfa, last 30 days',
    "source logs last 30d | filter $d.txn.kind == 'wire_transfer' && $d.txn.value_cents > 1000000 && $d.mfa_used == false",
  ],
  [
    'transactions from retail customers by channel',
    "source logs | filter $d.customer_segment == 'retail' | groupby $d.channel aggregate count() as n",
  ],
  [
    'decline rate per card type over the last day',
    "source logs last 1d | groupby $d.card_type aggregate count_if($d.txn.state == 'declined') / count() as decline_rate",
  ],
  [
    'share of declined transactions per branch, last 7 days',
    "source logs last 7d | groupby $d.branch aggregate count_if($d.txn.state == 'declined') / count() * 100 as declined_pct",
  ],
  [
    'cash withdrawals at atm-117 yesterday',
    "source logs between @'2025-03-11T00:00:00Z' and @'2025-03-12T00:00:00Z' | filter $d.txn.kind == 'cash_withdrawal' && $d.atm == 'atm-117'",
  ],
  [
    'p95 processing time per service today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | groupby $l.subsystemname aggregate percentile(0.95, $d.elapsed_s) as p95",
  ],
  ['transactions with a risk score above 80', 'source logs | filter $d.risk_score > 80'],
  [
    'merchants with more than 100 declined transactions in the last 24 hours',
    "source logs last 24h | filter $d.txn.state == 'declined' | groupby $d.merchant aggregate count() as n | filter n > 100",
  ],
  [
    'which branches had the most cash withdrawals this week',
    "source logs between @'2025-03-10T00:00:00Z' and @'now' | filter $d.txn.kind == 'cash_withdrawal' | groupby $d.branch aggregate count() as n | orderby n desc",
  ],
  [
    'distinct merchants per country last week',
    'source logs last 7d | groupby $d.merchant_country aggregate distinct_count($d.merchant) as merchants',
  ],
  [
    'insufficient funds declines per hour over the last day',
    "source logs last 1d | filter $d.decline_reason == 'insufficient_funds' && $d.txn.state == 'declined' | groupby roundTime($m.timestamp, 1h) as hour aggregate count() as n",
  ],
  [
    'payments at Migros or Coop in the last 3 days',
    "source logs last 3d | filter $d.merchant.in('Migros', 'Coop')",
  ],
  [
    'transactions to Germany above 1000 EUR',
    "source logs | filter $d.merchant_country == 'DE' && $d.txn.value_cents > 100000",
  ],
  ['account 12-3456-7 in the last day', "source logs last 1d | filter $d.account_no == '12-3456-7'"],
  ['5xx in the cards service', "source logs | filter $l.subsystemname == 'cards' && $d.http_status >= 500"],
  ['messages mentioning "card blocked"', "source logs | filter $d.text.contains('card blocked')"],
  [
    'spans of BookTransfer longer than 200 ms',
    "source spans | filter $l.operationName == 'BookTransfer' && $m.duration > 200000",
  ],
  [
    'what is the highest risk score today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | aggregate max($d.risk_score) as highest",
  ],
  [
    'number of reversed transactions per day in the last 2 weeks',
    "source logs last 14d | filter $d.txn.state == 'reversed' | groupby roundTime($m.timestamp, 1d) as day aggregate count() as n",
  ],
  [
    'top 5 merchants by value',
    'source logs | groupby $d.merchant aggregate sum($d.txn.value_cents) as value | orderby value desc | limit 5',
  ],
  [
    'fraud share by channel',
    'source logs | groupby $d.channel aggregate count_if($d.is_fraud == true) / count() * 100 as fraud_pct',
  ],
  [
    'who sent money to CH9300762011623852957 yesterday',
    "source logs between @'2025-03-11T00:00:00Z' and @'2025-03-12T00:00:00Z' | filter $d.iban_receiver == 'CH9300762011623852957' | distinct $d.account_no",
  ],
  [
    'lowest risk score per segment',
    'source logs | groupby $d.customer_segment aggregate min($d.risk_score) as lowest',
  ],
  [
    'transactions between 100 and 200 francs',
    'source logs | filter $d.txn.value_cents >= 10000 && $d.txn.value_cents <= 20000',
  ],
  [
    'approved vs declined card payments per day, last week',
    "source logs last 7d | filter $d.txn.state.in('approved', 'declined') && $d.txn.kind == 'card_payment' | groupby $d.txn.state, roundTime($m.timestamp, 1d) as day aggregate count() as n",
  ],
])

describeQuestions('a fleet of vehicles', fleetCatalogue, [
  [
    'trucks with fuel below 15% and harsh braking',
    "source logs | filter $d.fuel_pct < 15 && $d.alarm == 'harsh_braking'",
  ],
  [
    'last door open alarm of each vehicle',
    "source logs | filter $d.alarm == 'door_open' | groupby $d.vehicle.id aggregate max($m.timestamp) as latest",
  ],
  [
    'messages containing "battery" but not "low"',
    "source logs | filter $d.msg.contains('battery') && !$d.msg.contains('low')",
  ],
  [
    'errors from the gps-tracker in the last hour',
    "source logs last 1h | filter $d.level == 'error' && $d.component == 'gps-tracker'",
  ],
  [
    'warnings or worse by component',
    "source logs | filter $d.level.in('warn', 'error', 'fatal') | groupby $d.component aggregate count() as n",
  ],
  ['vehicles driving faster than 90 km/h', 'source logs | filter $d.speed_kmh > 90 | distinct $d.vehicle.id'],
  ['trucks with fuel below 15%', 'source logs | filter $d.fuel_pct < 15'],
  [
    'average speed per vehicle over the last 2 hours',
    'source logs last 2h | groupby $d.vehicle.id aggregate avg($d.speed_kmh) as avg_speed',
  ],
  [
    'max engine temperature per model today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | groupby $d.vehicle.model aggregate max($d.engine_temp_c) as engine_temp",
  ],
  [
    'harsh braking alarms per driver, last week',
    "source logs last 7d | filter $d.alarm == 'harsh_braking' | groupby $d.driver aggregate count() as n",
  ],
  [
    'overspeed alarms by depot, most first',
    "source logs | filter $d.alarm == 'overspeed' | groupby $d.depot aggregate count() as n | orderby n desc",
  ],
  [
    'which drivers had more than 3 harsh braking alarms yesterday',
    "source logs between @'2025-03-11T00:00:00Z' and @'2025-03-12T00:00:00Z' | filter $d.alarm == 'harsh_braking' | groupby $d.driver aggregate count() as n | filter n > 3",
  ],
  ['stops longer than half an hour in the last day', 'source logs last 1d | filter $d.stop_minutes > 30'],
  ['uploads above 2 MB', 'source logs | filter $d.payload_kb > 2000'],
  [
    'vehicle truck-17 between 6am and 8am today',
    "source logs between @'2025-03-12T06:00:00Z' and @'2025-03-12T08:00:00Z' | filter $d.vehicle.id == 'truck-17'",
  ],
  [
    'firmware 4.0.7 vehicles with errors',
    "source logs | filter $d.firmware == '4.0.7' && $d.level == 'error' | distinct $d.vehicle.id",
  ],
  ['list the carriers', 'source logs | distinct $d.carrier'],
  [
    'position lost messages per carrier in 15 minute steps, last 3 hours',
    "source logs last 3h | filter $d.msg.contains('position lost') | groupby $d.carrier, roundTime($m.timestamp, 15m) as t aggregate count() as n",
  ],
  ['vehicles with ignition on', 'source logs | filter $d.ignition_on == true | distinct $d.vehicle.id'],
  ['vehicles without a driver', 'source logs | filter $d.driver == null | distinct $d.vehicle.id'],
  [
    'fuel level of truck-18 every 10 minutes, last 4 hours',
    "source logs last 4h | filter $d.vehicle.id == 'truck-18' | groupby roundTime($m.timestamp, 10m) as t aggregate avg($d.fuel_pct) as avg_fuel",
  ],
  ['door opened while moving', "source logs | filter $d.msg.contains('door opened while moving')"],
  ['logs where speed is between 50 and 60', 'source logs | filter $d.speed_kmh >= 50 && $d.speed_kmh <= 60'],
  ['records at debug level', "source logs | filter $d.level == 'debug'"],
  ['fatal errors', "source logs | filter $d.level == 'fatal'"],
])

describeQuestions('bare names', bareCatalogue, [
  [
    'errors by service in the last hour',
    'source logs last 1h | filter $m.severity == ERROR | groupby $d.service_name aggregate count() as errors',
  ],
  [
    'average latency per endpoint last 2 hours',
    'source logs last 2h | groupby $d.uri aggregate avg($d.latency) as avg_latency',
  ],
  [
    'p99 latency for service checkout today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | filter $d.service_name == 'checkout' | aggregate percentile(0.99, $d.latency) as p99",
  ],
  ['5xx by host', 'source logs | filter $d.httpStatus >= 500 | groupby $d.hostname aggregate count() as n'],
  ['404s on /login', "source logs | filter $d.httpStatus == 404 && $d.uri == '/login'"],
  ['requests slower than 500 ms', 'source logs | filter $d.latency > 500'],
  [
    'failed requests per country',
    'source logs | filter $d.success == false | groupby $d.geo.country aggregate count() as failures',
  ],
  [
    'users with more than 100 requests today',
    "source logs between @'2025-03-12T00:00:00Z' and @'now' | groupby $d.userId aggregate count() as n | filter n > 100",
  ],
  ['logs containing "out of memory"', "source logs | filter $d.msg.contains('out of memory')"],
  ['requests from 10.1.2.3', "source logs | filter $d.remote_addr == '10.1.2.3'"],
  [
    'requests in 10.0.0.0/8 by country',
    "source logs | filter ipInSubnet($d.remote_addr, '10.0.0.0/8') | groupby $d.geo.country aggregate count() as n",
  ],
  [
    'top 5 users by traffic',
    'source logs | groupby $d.userId aggregate sum($d.responseBytes) as response_bytes | orderby response_bytes desc | limit 5',
  ],
  [
    'success rate per service',
    'source logs | groupby $d.service_name aggregate count_if($d.success == true) / count() as success_rate',
  ],
  ['service payments in env prod', "source logs | filter $d.service_name == 'payments' && $d.env == 'prod'"],
  [
    'total order value per country this month',
    "source logs between @'2025-03-01T00:00:00Z' and @'now' | groupby $d.geo.country aggregate sum($d.orderTotal) as order_total",
  ],
  ['status codes by service', 'source logs | groupby $d.httpStatus, $d.service_name aggregate count() as n'],
  ['unsuccessful requests', 'source logs | filter $d.success == false'],
])
