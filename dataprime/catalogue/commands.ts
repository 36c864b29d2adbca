/** The commands of the language, as data: the parser, documentation, completion and prompts read this one list. */

export type CommandName =
  | 'aggregate'
  | 'block'
  | 'bottom'
  | 'choose'
  | 'convert'
  | 'count'
  | 'countby'
  | 'create'
  | 'dedupeby'
  | 'distinct'
  | 'enrich'
  | 'explode'
  | 'extract'
  | 'filter'
  | 'find'
  | 'groupby'
  | 'join'
  | 'limit'
  | 'lucene'
  | 'move'
  | 'multigroupby'
  | 'orderby'
  | 'redact'
  | 'remove'
  | 'replace'
  | 'roundtime'
  | 'source'
  | 'stitch'
  | 'top'
  | 'union'
  | 'wildfind'

export interface Command {
  readonly name: CommandName
  /** Other words for the same command; two words are separated by one blank. */
  readonly synonyms: readonly string[]
  /** Synonyms that no documentation of the vendor shows: accepted with a warning. */
  readonly doubtfulSynonyms?: readonly string[]
  /** KP is a keypath, E an expression, A an aggregate expression, Q a query, N a whole number, I an interval, S a string. */
  readonly syntax: string
  readonly summary: string
  readonly example: string
}

export const COMMANDS: readonly Command[] = [
  {
    name: 'aggregate',
    synonyms: ['agg'],
    syntax: 'aggregate A [as KP], …',
    summary: 'Computes aggregations over all rows and gives one row.',
    example: 'aggregate sum(bytes) as total',
  },
  {
    name: 'block',
    synonyms: [],
    syntax: 'block E',
    summary: 'Drops the rows for which the condition is true.',
    example: "block path == '/ping'",
  },
  {
    name: 'bottom',
    synonyms: [],
    syntax: 'bottom N E [as KP], … by E [as KP], …',
    summary: 'Keeps the N rows, or groups, with the smallest values.',
    example: 'bottom 3 host by min(free_mb)',
  },
  {
    name: 'choose',
    synonyms: ['select'],
    syntax: 'choose E [as KP], …',
    summary: 'Keeps only the named fields or expressions.',
    example: 'choose host, cpu * 100 as pct',
  },
  {
    name: 'convert',
    synonyms: ['conv'],
    syntax: 'convert [datatypes] KP:type, …',
    summary: 'Changes the type of fields.',
    example: 'convert retries:number',
  },
  {
    name: 'count',
    synonyms: [],
    syntax: 'count [into KP]',
    summary: 'Counts the rows and gives one row.',
    example: 'count into total',
  },
  {
    name: 'countby',
    synonyms: [],
    syntax: 'countby E [as KP], … [into KP] [asc|desc]',
    summary: 'Counts the rows of each group.',
    example: 'countby host into hits desc',
  },
  {
    name: 'create',
    synonyms: ['add', 'a', 'c'],
    syntax: 'create KP from E [on keypath exists …] [on keypath missing …] [on datatype changed …]',
    summary: 'Adds a field computed from an expression.',
    example: 'create seconds from ms / 1000',
  },
  {
    name: 'dedupeby',
    synonyms: [],
    syntax: 'dedupeby E, … [keep N] [orderby E [asc|desc], …]',
    summary: 'Keeps a number of rows for each combination of values.',
    example: 'dedupeby order_id keep 1',
  },
  {
    name: 'distinct',
    synonyms: [],
    syntax: 'distinct E [as KP], …',
    summary: 'Gives each combination of values once.',
    example: 'distinct region as r',
  },
  {
    name: 'enrich',
    synonyms: [],
    syntax: 'enrich E into KP using TABLE',
    summary: 'Looks a value up in an enrichment table.',
    example: 'enrich sku into item using catalogue',
  },
  {
    name: 'explode',
    synonyms: [],
    syntax: 'explode E into KP [original (discard|preserve)]',
    summary: 'Gives one row for each element of an array.',
    example: 'explode lines into line original preserve',
  },
  {
    name: 'extract',
    synonyms: ['e'],
    syntax: 'extract E into KP using EXTRACTOR [datatypes KP:type, …]',
    summary: 'Takes a structured value out of a string.',
    example: 'extract msg into kv using kv()',
  },
  {
    name: 'filter',
    synonyms: ['f', 'where'],
    syntax: 'filter E',
    summary: 'Keeps the rows for which the condition is true.',
    example: 'filter code >= 400',
  },
  {
    name: 'find',
    synonyms: ['text'],
    syntax: 'find S in KP',
    summary: 'Keeps the rows in whose field the phrase occurs, in any case.',
    example: "find 'denied' in msg",
  },
  {
    name: 'groupby',
    synonyms: [],
    syntax: 'groupby E [as KP], … [aggregate A [as KP], …]',
    summary: 'Groups the rows and computes aggregations for each group.',
    example: 'groupby host aggregate count() as n',
  },
  {
    name: 'join',
    synonyms: [],
    syntax: 'join [left|inner|full|cross] (Q) [on KP == KP && … | using KP, …] into KP',
    summary: 'Attaches the matching rows of another query.',
    example: 'join (source users) using id into user',
  },
  {
    name: 'limit',
    synonyms: [],
    doubtfulSynonyms: ['l'],
    syntax: 'limit N',
    summary: 'Keeps at most N rows.',
    example: 'limit 25',
  },
  {
    name: 'lucene',
    synonyms: [],
    syntax: 'lucene S',
    summary: 'Keeps the rows that match a Lucene query.',
    example: "lucene 'code:[500 TO 599]'",
  },
  {
    name: 'move',
    synonyms: ['m'],
    syntax: 'move KP to KP',
    summary: 'Moves a field, with everything below it.',
    example: 'move a.b to b',
  },
  {
    name: 'multigroupby',
    synonyms: [],
    syntax: 'multigroupby (E [as KP], …), (…), … [aggregate A [as KP], …]',
    summary: 'Groups the rows by several lists of keys at once.',
    example: 'multigroupby (a), (a, b) aggregate count()',
  },
  {
    name: 'orderby',
    synonyms: ['sortby', 'order by', 'sort by'],
    syntax: 'orderby E [asc|desc], …',
    summary: 'Sorts the rows.',
    example: 'orderby cpu desc, host',
  },
  {
    name: 'redact',
    synonyms: [],
    syntax: 'redact KP [matching] (REGEX|S) to S',
    summary: 'Replaces every match in a string field.',
    example: "redact card matching /[0-9]{12}/ to '#'",
  },
  {
    name: 'remove',
    synonyms: ['r'],
    syntax: 'remove KP, …',
    summary: 'Removes fields.',
    example: 'remove debug, raw.body',
  },
  {
    name: 'replace',
    synonyms: [],
    syntax: 'replace KP with E [on datatype changed (skip|fail|overwrite)]',
    summary: 'Gives an existing field a new value.',
    example: 'replace host with host.toLowerCase()',
  },
  {
    name: 'roundtime',
    synonyms: [],
    syntax: 'roundtime [E] to I [into KP]',
    summary: 'Rounds a time down to an interval.',
    example: 'roundtime to 10m into slot',
  },
  {
    name: 'source',
    synonyms: ['from'],
    syntax:
      'source DATASET [(name=value, …)] [last I | between T and T | around T [interval I] | timeshifted I]',
    summary: 'Reads a dataset.',
    example: 'source spans last 2h',
  },
  {
    name: 'stitch',
    synonyms: [],
    syntax: 'stitch (Q) into KP [merge]',
    summary: 'Attaches the rows of another query by their position.',
    example: 'stitch (source plan) into plan',
  },
  {
    name: 'top',
    synonyms: [],
    syntax: 'top N E [as KP], … by E [as KP], …',
    summary: 'Keeps the N rows, or groups, with the largest values.',
    example: 'top 3 host by max(cpu)',
  },
  {
    name: 'union',
    synonyms: [],
    syntax: 'union (Q)',
    summary: 'Adds the rows of another query.',
    example: 'union (source archive)',
  },
  {
    name: 'wildfind',
    synonyms: ['wildtext'],
    syntax: 'wildfind S',
    summary: 'Keeps the rows in which the phrase occurs in any field.',
    example: "wildfind 'ECONNRESET'",
  },
]

/** Every one-word spelling of every command, with the command it stands for. */
export const COMMAND_WORDS: ReadonlyMap<string, Command> = new Map(
  COMMANDS.flatMap((command) =>
    [command.name, ...command.synonyms, ...(command.doubtfulSynonyms ?? [])]
      .filter((word) => !word.includes(' '))
      .map((word) => [word, command] as const),
  ),
)

/** The description of a command; `name` is its canonical name. */
export function commandNamed(name: CommandName): Command {
  return COMMAND_WORDS.get(name) as Command
}
