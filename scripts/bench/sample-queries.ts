/** A query as people write them for a dashboard, with every everyday command in it. */
export const TEN_STAGES = [
  'source logs last 1h',
  "filter $m.severity >= WARNING && $l.applicationname == 'shop-prod'",
  "filter $d.status_code >= 500 || $d.message.contains('timeout')",
  'create $d.slow from if($d.duration_ms > 1000, true, false)',
  "filter !$d.path.startsWith('/healthz')",
  'groupby $l.subsystemname, roundTime($m.timestamp, 5m) as t aggregate count() as n, percentile(0.95, $d.duration_ms) as p95',
  'filter n > 10',
  'create share from n / 100',
  'orderby p95 desc, n',
  'limit 20',
].join(' | ')

/** The same with the mistakes of people who know another language. */
export const TEN_STAGES_WITH_MISTAKES = TEN_STAGES.replace(' && ', ' and ')
  .replace(' || ', ' OR ')
  .replace('n > 10', 'n <> 10')

/** A pipeline that reads as the one above and is at least so many characters long. */
export function longPipeline(length: number): string {
  const stages = ['source logs last 1h']
  let written = 0
  for (let index = 0; written < length; index++) {
    const stage = stageOf(index)
    stages.push(stage)
    written += stage.length + '\n| '.length
  }
  return stages.join('\n| ')
}

function stageOf(index: number): string {
  switch (index % 4) {
    case 0:
      return `filter $d.status_code >= ${200 + (index % 400)} || $d.message.contains('timeout ${index}')`
    case 1:
      return `create $d.f${index} from if($d.duration_ms > ${index}, $d.duration_ms / 1000, 0)`
    case 2:
      return `filter !$d.path.startsWith('/healthz/${index}') && $m.severity != DEBUG // step ${index}`
    default:
      return `replace $d.f${index - 2} with $d.f${index - 2} * 2 + 1`
  }
}
