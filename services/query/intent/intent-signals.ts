import { wordSet } from '../generation/embedded/word-set'
import type { Intent } from './intent'

/** How much a word or a linked field speaks for an intent: 1 hints, 3 nearly decides. */
export interface Signal {
  readonly intent: Intent
  readonly weight: number
}

type Rows = readonly (readonly [Intent, number, string])[]

/** Phrases, lower case, separated by commas; the longest that fits at a place counts. */
const PHRASES: Rows = [
  [
    'error_analysis',
    3,
    'error, errors, exception, exceptions, critical, criticals, fatal, stack trace, stack traces, error rate, error level, server errors, client errors, non-zero, failure rate, crash, crashes, crashed',
  ],
  [
    'error_analysis',
    2,
    'warning, warnings, failure, failures, timeout, timeouts, timed out, broken, issue, issues, problem, problems, wrong, outage, outages, down',
  ],
  ['error_analysis', 1, 'failed, failing, fails, fail, unsuccessful'],
  [
    'performance_analysis',
    3,
    'latency, latencies, duration, durations, response time, response times, slow, slower, slowest, fastest, faster, longest, longer than, shorter than, percentile, percentiles, median, p50, p75, p90, p95, p99, p999, p99.9, cpu, memory, ram, bottleneck, cache hit, cache hits, cache miss, cache misses, request time, query time, sql time, performance, load time, slow queries, milliseconds, ms',
  ],
  [
    'performance_analysis',
    2,
    'takes, took, taking, bandwidth, uploads, downloads, throughput, utilisation, utilization, runtime, heaviest, speed',
  ],
  [
    'security',
    3,
    'login, logins, sign-in, sign-ins, log-ins, logon, sign ins, signed in, logged in, password, passwords, role change, role changes, api key, api keys, brute force, unauthorized, unauthorised, forbidden, suspicious, attack, attacks, attacker, intrusion, sql injection, scanner, bot, bots, privilege, privileges, permission, permissions, mfa, 2fa, subnet, malicious, audit, fraud, fraudulent',
  ],
  ['security', 1, 'user agent, user agents, browser, browsers, agent, agents'],
  [
    'security',
    2,
    'ip, ips, address, addresses, access denied, denied, blocked, token, tokens, credentials, security, hack, vpn, tls, certificate',
  ],
  [
    'usage_analytics',
    2,
    'user, users, visitor, visitors, customer, customers, tenant, tenants, session, sessions, signup, signups, sign-ups, order, orders, purchase, purchases, revenue, refund, refunds, refunded, amount, page view, page views, conversion, adoption, engagement, country, countries, device, devices, plan, plans, active, popular, money, sales, subscription, feature, basket, cart adds',
  ],
  ['usage_analytics', 1, 'served, used, usage, visits, merchant, merchants, transactions'],
  [
    'monitoring',
    4,
    'over time, trend, trends, timeline, time series, timeseries, chart, per minute, per hour, per day, each day, each hour, every hour, every minute, hourly, daily, weekly',
  ],
  [
    'monitoring',
    2,
    'health, healthy, uptime, availability, alive, status page, backlog, queue depth, spike, spikes, monitor, restarts, heartbeat, disk usage, rate per',
  ],
  ['search', 4, 'beginning with, starting with, starts with, ending with, named like'],
  [
    'search',
    3,
    'say, says, saying, containing, contains, contain, mentioning, mention, mentions, matching, matches, everything, carry, without a, with id, trace id, request id, that have no, phrase, text',
  ],
  ['search', 2, 'find, search for, newest, latest, most recent, look for, what did, raw'],
  ['search', 1.5, 'oldest, entries, lines, please, show me the'],
  ['search', 0.5, 'show, list, give me, get, logs, log, spans, traces, messages'],
  [
    'aggregation',
    3,
    'tally, sum, aggregate, divided by, grand total, in total, breakdown, break down, distribution',
  ],
  ['aggregation', 5, 'compare, compared, vs, versus, beside, difference between'],
  ['aggregation', 2, 'largest and smallest, standard deviation'],
  [
    'aggregation',
    1,
    'average, mean, avg, total, maximum, minimum, largest, smallest, max, min, count, number of, how many',
  ],
  ['aggregation', 1, 'per, by, grouped by, for each, split by, each, top, rank'],
]

/** Each list of phrases with its signal. */
export const PHRASE_SIGNALS: readonly (readonly [Signal, string])[] = PHRASES.map(
  ([intent, weight, list]) => [{ intent, weight }, list],
)

/** What a field that the question is linked to speaks for, by the concept it belongs to. */
export const CONCEPT_SIGNALS: ReadonlyMap<string, Signal> = new Map([
  ['severity', { intent: 'error_analysis', weight: 3 }],
  ['error type', { intent: 'error_analysis', weight: 4 }],
  ['exit code', { intent: 'error_analysis', weight: 2 }],
  ['status', { intent: 'error_analysis', weight: 1 }],
  ['duration', { intent: 'performance_analysis', weight: 3 }],
  ['cpu', { intent: 'performance_analysis', weight: 3 }],
  ['memory', { intent: 'performance_analysis', weight: 3 }],
  ['size', { intent: 'performance_analysis', weight: 1 }],
  ['ip', { intent: 'security', weight: 2 }],
  ['user agent', { intent: 'security', weight: 2 }],
  ['role', { intent: 'security', weight: 2 }],
  ['event', { intent: 'usage_analytics', weight: 2 }],
  ['amount', { intent: 'usage_analytics', weight: 2 }],
  ['tenant', { intent: 'usage_analytics', weight: 1 }],
  ['session', { intent: 'usage_analytics', weight: 1 }],
  ['device', { intent: 'usage_analytics', weight: 2 }],
  ['plan', { intent: 'usage_analytics', weight: 2 }],
  ['country', { intent: 'usage_analytics', weight: 1 }],
  ['queue depth', { intent: 'monitoring', weight: 2 }],
] as const)

/** Events of these words are about access, whatever else they are. */
export const ACCESS_WORDS: ReadonlySet<string> = wordSet(
  'login logout password role permission mfa token auth access key signin privilege',
)
