import { wordSet } from '../word-set'
/**
 * Words people use for the same kind of field. A field belongs to a concept when its name, or what its
 * description calls it, is one of the `anchors`; every word of the concept then names the field. `heads` may
 * stand in for the last word of a field's own phrase ("SQL statement duration" is also "SQL time").
 */
export interface Concept {
  readonly name: string
  readonly anchors: readonly string[]
  readonly words: readonly string[]
  readonly heads: readonly string[]
}

const TABLE: readonly { name: string; anchors: string; words: string; heads?: string }[] = [
  {
    name: 'timestamp',
    anchors: 'timestamp, event time, span start, time, date, created at, occurred at',
    words: 'time, timestamp, date, event time, start time, time stamp',
  },
  {
    name: 'severity',
    anchors: 'severity, log level, level, loglevel',
    words: 'severity, level, log level, severity level, loglevel, log severity',
  },
  {
    name: 'service',
    anchors: 'service, subsystem, service name, microservice',
    words: 'service, microservice, component, subsystem, svc',
  },
  {
    name: 'peer',
    anchors: 'peer service, called service, target service, downstream service, callee',
    words: 'peer, peer service, callee, called service, downstream service, target service, downstream',
  },
  {
    name: 'application',
    anchors: 'application, environment, app, env, application label',
    words: 'application, app, environment, env',
  },
  {
    name: 'host',
    anchors: 'host, hostname, host name, server, node, machine, computer, instance',
    words: 'host, hostname, machine, server, node, box, instance, vm',
  },
  { name: 'pod', anchors: 'pod, container', words: 'pod' },
  { name: 'container', anchors: 'container', words: 'container' },
  { name: 'namespace', anchors: 'namespace', words: 'namespace, ns' },
  {
    name: 'region',
    anchors: 'region, cloud region, zone, datacenter, data center',
    words: 'region, zone, datacenter, data center, data centre',
  },
  {
    name: 'country',
    anchors: 'country, country code, nation',
    words: 'country, nation, geography, geo',
  },
  {
    name: 'ip',
    anchors: 'ip, ip address, address, client ip, remote addr, source ip, remote address',
    words:
      'ip, ip address, address, caller, client ip, source ip, source address, remote address, ' + 'caller ip',
  },
  {
    name: 'user',
    anchors: 'user, username, user name, account, member, login name, customer',
    words: 'user, username, account, person, people, visitor, member, who, customer',
  },
  {
    name: 'tenant',
    anchors: 'tenant, customer, organisation, organization, org, workspace, client',
    words: 'tenant, customer, organisation, organization, org, company, workspace, client, account',
  },
  { name: 'session', anchors: 'session, browser session', words: 'session, visit' },
  {
    name: 'path',
    anchors: 'path, endpoint, route, url, uri, request path, http route, page',
    words: 'path, endpoint, route, url, uri, page, api endpoint',
  },
  {
    name: 'method',
    anchors: 'method, http method, verb, http verb',
    words: 'method, verb, http method, http verb',
  },
  {
    name: 'status',
    anchors:
      'status code, http status, response status, response code, http status code, ' +
      'http response status, status',
    words:
      'status, status code, http status, response code, http code, response status, ' +
      'http status code, return status',
  },
  {
    name: 'duration',
    anchors:
      'duration, latency, elapsed, elapsed time, response time, took, time taken, runtime, ' +
      'run time, processing time, execution time, query time',
    words:
      'duration, latency, response time, elapsed time, time taken, processing time, ' +
      'execution time, run time, runtime, delay, slowness, speed, request time',
    heads: 'duration, latency, time, runtime, delay, timing',
  },
  {
    name: 'size',
    anchors: 'bytes, size, response size, payload, payload size, content length, body size, byte',
    words:
      'byte, size, payload, traffic, bandwidth, response size, upload, download, transfer, ' +
      'payload size, data transfer, data, file',
    heads: 'size, bytes, volume, length',
  },
  {
    name: 'amount',
    anchors: 'amount, total, price, revenue, order total, cost, payment amount',
    words: 'amount, money, revenue, spend, spending, price, value, cost, turnover, sale, ' + 'payment amount',
    heads: 'amount, value, total, price, size, sum',
  },
  {
    name: 'cpu',
    anchors: 'cpu, cpu use, cpu usage, processor',
    words:
      'cpu, cpu use, cpu usage, cpu load, processor, cpu utilisation, cpu utilization, ' + 'cpu consumption',
  },
  {
    name: 'memory',
    anchors: 'memory, mem, ram, memory use, memory usage',
    words: 'memory, mem, ram, memory use, memory usage, memory consumption',
  },
  {
    name: 'error type',
    anchors:
      'error type, exception, exception class, exception type, error class, error kind, ' + 'error name',
    words: 'error type, exception, exception type, exception class, error class, error kind, ' + 'error name',
  },
  {
    name: 'event',
    anchors: 'event, event name, event type, action, audit event, audit event name, business event name',
    words: 'event, event name, event type, action, audit event, activity, event kind',
  },
  {
    name: 'message',
    anchors: 'message, msg, log message, message text, log message text, body, log, text',
    words: 'message, msg, log message, message text, text, body',
  },
  {
    name: 'version',
    anchors: 'version, release, build, app version',
    words: 'version, release, build',
  },
  {
    name: 'device',
    anchors: 'device, device kind, device type, platform',
    words: 'device, device type, device kind, platform',
  },
  {
    name: 'plan',
    anchors: 'plan, tier, subscription plan, subscription',
    words: 'plan, tier, subscription, subscription plan',
  },
  { name: 'queue', anchors: 'queue, queue name, topic', words: 'queue, topic' },
  {
    name: 'queue depth',
    anchors: 'queue depth, queue size, queue length, backlog, lag, messages waiting',
    words:
      'queue depth, queue size, queue length, backlog, depth, waiting message, message waiting, ' +
      'queued message',
  },
  {
    name: 'retries',
    anchors: 'retry, retries, retry count, attempts, attempt',
    words: 'retry, retry count, number of retries, attempt, retry attempt',
  },
  {
    name: 'job',
    anchors: 'job, batch job, task, cron job',
    words: 'job, batch job, cron job, batch',
  },
  {
    name: 'table',
    anchors: 'table, database table, db table',
    words: 'table, database table, db table',
  },
  {
    name: 'flag',
    anchors: 'feature flag, flag',
    words: 'feature flag, flag, experiment, toggle, feature',
  },
  {
    name: 'user agent',
    anchors: 'user agent, agent, browser',
    words: 'user agent, browser, agent, http client',
  },
  { name: 'trace', anchors: 'trace, trace id', words: 'trace, trace id' },
  {
    name: 'operation',
    anchors: 'operation, operation name, span name',
    words: 'operation, span name, operation name, procedure',
  },
  {
    name: 'database',
    anchors: 'database, db system, database kind, db type, database system',
    words: 'database, db, database system, datastore, database kind, database type, db system, db type',
  },
  {
    name: 'broker',
    anchors: 'messaging system, message broker, broker',
    words: 'messaging system, broker, message broker, message bus, messaging, message system',
  },
  {
    name: 'exit code',
    anchors: 'exit code, process exit code, return code',
    words: 'exit code, return code, exit status',
  },
  { name: 'role', anchors: 'role, user role', words: 'role' },
]

export const CONCEPTS: readonly Concept[] = TABLE.map(({ name, anchors, words, heads }) => ({
  name,
  anchors: anchors.split(', '),
  words: words.split(', '),
  heads: heads?.split(', ') ?? [],
}))

/** Last words of a field name that say what kind of thing it is, not which: `user_id` is asked for as "user". */
export const GENERIC_NAME_WORDS = wordSet(
  'name id identifier code number no num count type kind value key label uuid ms millis us',
  'micros ns nanos s sec secs seconds pct percent percentage ratio mb kb gb mib gib usd eur',
  'gbp cents at',
)

/**
 * Words that add nothing to the name of an outcome: "logins" are `login_success`, "orders" `order_placed`,
 * "timeouts" `TimeoutError`, in this order when several of a field's values end so.
 */
export const ORDINARY_OUTCOMES: readonly string[] = (
  'success succeeded ok placed completed complete created issued sent received executed ' +
  'processed posted settled made detected exceeded error exception refused event'
).split(' ')
