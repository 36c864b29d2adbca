/** Datasets that the documentation names, as a source writes them. */
export interface KnownSource {
  readonly name: string
  readonly summary: string
}

/** Anybody's own datasets and enrichment tables are sources too. */
export const SOURCES: readonly KnownSource[] = [
  { name: 'logs', summary: 'Logs.' },
  { name: 'spans', summary: 'Spans of traces.' },
  { name: 'default/logs', summary: 'Logs.' },
  { name: 'default/spans', summary: 'Spans of traces.' },
  { name: 'frequentsearch/logs', summary: 'Logs of frequent search.' },
  { name: 'frequentsearch/spans', summary: 'Spans of frequent search.' },
  { name: 'system/aaa.audit_events', summary: 'Who did what.' },
  { name: 'system/alerts.history', summary: 'Alerts and when they changed.' },
  { name: 'system/dataplan.quota_events', summary: 'When quotas were reached.' },
  { name: 'system/dataplan.usage_events', summary: 'How much data was sent.' },
  { name: 'system/engine.queries', summary: 'Queries that were run.' },
  { name: 'system/engine.schema_fields', summary: 'Fields that data was sent with.' },
  { name: 'system/labs.cases.state_updates', summary: 'Cases and when they changed.' },
  { name: 'system/labs.limitViolations', summary: 'When limits were exceeded.' },
  { name: 'system/notification.deliveries', summary: 'Notifications that were sent.' },
]

/** Parameters of sources that the documentation shows. */
export const SOURCE_PARAMETERS: readonly KnownSource[] = [
  { name: 'teamId', summary: 'The number of the team whose data is read.' },
  { name: 'version', summary: 'The version of the dataset.' },
]
