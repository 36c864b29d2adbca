import type { CommandName } from '../../catalogue/commands'

/** A command of another language: what to use instead, and as what its stage is read, if the shapes agree. */
export interface ForeignCommand {
  readonly use: string
  readonly readAs: CommandName | 'stats' | null
}

function like(readAs: ForeignCommand['readAs'], use: string): ForeignCommand {
  return { use, readAs }
}

const STATS = like('stats', 'groupby key aggregate expression as name')
const ORDERBY = like('orderby', 'orderby expression')
const CREATE = like('create', 'create keypath from expression')
const CHOOSE = like('choose', 'choose expression as name')
const LIMIT = like('limit', 'limit 10')
const SEARCH = like(null, "filter with a condition, or wildfind '…' for text anywhere")

export const FOREIGN_COMMANDS: ReadonlyMap<string, ForeignCommand> = new Map([
  ['stats', STATS],
  ['summarize', STATS],
  ['summarise', STATS],
  ['timechart', STATS],
  ['chart', STATS],
  ['sort', ORDERBY],
  ['order', ORDERBY],
  ['group', like('groupby', 'groupby key aggregate expression as name')],
  ['extend', CREATE],
  ['eval', CREATE],
  ['let', CREATE],
  ['set', CREATE],
  ['derive', CREATE],
  ['project', CHOOSE],
  ['fields', CHOOSE],
  ['display', CHOOSE],
  ['table', CHOOSE],
  ['head', LIMIT],
  ['take', LIMIT],
  ['tail', like(null, 'orderby $m.timestamp desc | limit 10')],
  ['having', like('filter', 'filter condition')],
  ['dedup', like('dedupeby', 'dedupeby expression')],
  ['uniq', like('distinct', 'distinct expression')],
  ['unique', like('distinct', 'distinct expression')],
  ['rename', like(null, 'move keypath to keypath')],
  ['drop', like(null, 'remove keypath to remove a field')],
  ['delete', like(null, 'remove keypath to remove a field')],
  ['search', SEARCH],
  ['grep', SEARCH],
  ['parse', like(null, 'extract expression into keypath using regexp(e=/…/)')],
  ['rex', like(null, 'extract expression into keypath using regexp(e=/…/)')],
  ['mvexpand', like(null, 'explode expression into keypath')],
  ['lookup', like(null, 'enrich expression into keypath using table')],
  ['append', like(null, 'union (source …)')],
])
