import { createHash } from 'node:crypto'
import { describeQuery, fingerprintOf, print, type Query } from '#dataprime'
import type { QueryProfile } from '#shared/contracts'
import { describeTimeRange } from './describe-time-range'

const HASH_LENGTH = 16

/** A query in a form that can be searched, grouped and compared. */
export function toQueryProfile(query: Query): QueryProfile {
  const facts = describeQuery(query)
  const fingerprint = fingerprintOf(query)
  return {
    canonical: print(query),
    fingerprint,
    fingerprint_hash: createHash('sha256').update(fingerprint).digest('hex').slice(0, HASH_LENGTH),
    source: facts.source,
    time_range: facts.timeRange === null ? null : describeTimeRange(facts.timeRange),
    commands: [...facts.commands],
    fields: [...facts.fields],
    functions: [...facts.functions],
    group_keys: [...facts.groupKeys],
    aggregates: [...facts.aggregates],
  }
}
