import type { CommandName } from '../../catalogue/commands'

/** Shapes of stages that other languages have; `foreign/stages.ts` reads them. */
export type ForeignShape =
  | 'append'
  | 'expand'
  | 'fields'
  | 'project'
  | 'rename'
  | 'search'
  | 'sort'
  | 'stats'
  | 'tail'

/** A command of another language: what to use instead, and how its stage is read. */
export interface ForeignCommand {
  readonly use: string
  /** A command whose clauses it shares, or a shape of its own; null when nothing here does the same. */
  readonly readAs: CommandName | ForeignShape | null
}

function like(readAs: ForeignCommand['readAs'], use: string): ForeignCommand {
  return { use, readAs }
}

const STATS = like('stats', 'groupby key aggregate expression as name')
const SORT = like('sort', 'orderby expression')
const CREATE = like('create', 'create keypath from expression')
const FIELDS = like('fields', 'choose expression as name')
const LIMIT = like('limit', 'limit 10')
const SEARCH = like('search', "filter with a condition, or wildfind '…' for text anywhere")
const REMOVE = like('remove', 'remove keypath to remove a field')
const DISTINCT = like('distinct', 'distinct expression')
const EXTRACT = like(null, 'extract expression into keypath using regexp(e=/…/)')
const EXPAND = like('expand', 'explode expression into keypath')

export const FOREIGN_COMMANDS: ReadonlyMap<string, ForeignCommand> = new Map([
  ['stats', STATS],
  ['summarize', STATS],
  ['summarise', STATS],
  ['timechart', STATS],
  ['chart', STATS],
  ['timeseries', STATS],
  ['makeseries', STATS],
  ['sort', SORT],
  ['order', SORT],
  ['sort_by', SORT],
  ['order_by', SORT],
  ['group', like('groupby', 'groupby key aggregate expression as name')],
  ['group_by', like('groupby', 'groupby key aggregate expression as name')],
  ['count_by', like('countby', 'countby key')],
  ['extend', CREATE],
  ['eval', CREATE],
  ['let', CREATE],
  ['set', CREATE],
  ['derive', CREATE],
  ['compute', CREATE],
  ['project', like('project', 'choose expression as name')],
  ['fields', FIELDS],
  ['display', FIELDS],
  ['table', FIELDS],
  ['keep', FIELDS],
  ['head', LIMIT],
  ['take', LIMIT],
  ['tail', like('tail', 'orderby $m.timestamp desc | limit 10')],
  ['having', like('filter', 'filter condition')],
  ['dedup', like('dedupeby', 'dedupeby expression')],
  ['dedupe', like('dedupeby', 'dedupeby expression')],
  ['uniq', DISTINCT],
  ['unique', DISTINCT],
  ['exclude', like('block', 'block condition')],
  ['reject', like('block', 'block condition')],
  ['omit', like('block', 'block condition')],
  ['except', like('block', 'block condition')],
  ['filterout', like('block', 'block condition')],
  ['filter_out', like('block', 'block condition')],
  ['rename', like('rename', 'move keypath to keypath')],
  ['drop', REMOVE],
  ['delete', REMOVE],
  ['search', SEARCH],
  ['grep', SEARCH],
  ['parse', EXTRACT],
  ['rex', EXTRACT],
  ['mvexpand', EXPAND],
  ['mv', EXPAND],
  ['unnest', EXPAND],
  ['expand', EXPAND],
  ['lookup', like(null, 'enrich expression into keypath using table')],
  ['append', like('append', 'union (source …)')],
  ['fetch', like('source', 'source dataset')],
])

/** The command that each shape ends up as. */
const SHAPE_COMMANDS: Readonly<Record<ForeignShape, CommandName>> = {
  append: 'union',
  expand: 'explode',
  fields: 'choose',
  project: 'choose',
  rename: 'move',
  search: 'wildfind',
  sort: 'orderby',
  stats: 'aggregate',
  tail: 'limit',
}

/** The command that does what a foreign one does, if there is one. */
export function commandReadAs({ readAs }: ForeignCommand): CommandName | undefined {
  if (readAs === null) return undefined
  return readAs in SHAPE_COMMANDS ? SHAPE_COMMANDS[readAs as ForeignShape] : (readAs as CommandName)
}
