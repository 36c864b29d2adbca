/** The commands of the language, as data: the parser, documentation, completion and prompts read this one list. */

import {
  AGGREGATES,
  aliased,
  anyOrder,
  type ClausePart,
  DIRECTION,
  either,
  eitherWord,
  INTO,
  list,
  ON_DATATYPE_CHANGED,
  ON_KEYPATH_EXISTS,
  ON_KEYPATH_MISSING,
  ORDER_KEYS,
  optional,
  parentheses,
  slot,
  TYPED_KEYPATHS,
  unlisted,
  word,
  writeSyntax,
} from './clauses'

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
  /** What follows the command word. */
  readonly clauses: readonly ClausePart[]
  /** The clauses on one line, written from them. */
  readonly syntax: string
  readonly summary: string
  readonly example: string
}

const RANKING: readonly ClausePart[] = [
  slot('row-count'),
  list(...aliased('result')),
  word('by', 'Begins what the rows are ranked by.'),
  list(...aliased('result')),
]

const DESCRIPTIONS: readonly Omit<Command, 'syntax'>[] = [
  {
    name: 'aggregate',
    synonyms: ['agg'],
    clauses: [list(...aliased('aggregate'))],
    summary: 'Computes aggregations over all rows and gives one row.',
    example: 'aggregate sum(bytes) as total',
  },
  {
    name: 'block',
    synonyms: [],
    clauses: [slot('condition')],
    summary: 'Drops the rows for which the condition is true.',
    example: "block path == '/ping'",
  },
  {
    name: 'bottom',
    synonyms: [],
    clauses: RANKING,
    summary: 'Keeps the N rows, or groups, with the smallest values.',
    example: 'bottom 3 host by min(free_mb)',
  },
  {
    name: 'choose',
    synonyms: ['select'],
    clauses: [list(...aliased('expression'))],
    summary: 'Keeps only the named fields or expressions.',
    example: 'choose host, cpu * 100 as pct',
  },
  {
    name: 'convert',
    synonyms: ['conv'],
    clauses: [optional(word('datatypes')), list(slot('keypath'), { kind: 'sign', sign: ':' }, slot('type'))],
    summary: 'Changes the type of fields.',
    example: 'convert retries:number',
  },
  {
    name: 'count',
    synonyms: [],
    clauses: [optional(...INTO)],
    summary: 'Counts the rows and gives one row.',
    example: 'count into total',
  },
  {
    name: 'countby',
    synonyms: [],
    clauses: [list(...aliased('expression')), anyOrder(INTO, [DIRECTION])],
    summary: 'Counts the rows of each group.',
    example: 'countby host into hits desc',
  },
  {
    name: 'create',
    synonyms: ['add', 'a', 'c'],
    clauses: [
      either(
        [slot('target'), word('from', 'Begins the value.'), slot('expression')],
        [
          unlisted(slot('expression')),
          unlisted(word('as', 'Names the field that gets the value.')),
          unlisted(slot('target')),
        ],
      ),
      anyOrder(ON_KEYPATH_EXISTS, ON_KEYPATH_MISSING, ON_DATATYPE_CHANGED),
    ],
    summary: 'Adds a field computed from an expression.',
    example: 'create seconds from ms / 1000',
  },
  {
    name: 'dedupeby',
    synonyms: [],
    clauses: [
      list(slot('expression')),
      anyOrder(
        [word('keep', 'How many rows to keep of each combination.'), slot('row-count')],
        [word('orderby', 'Which rows to keep.', { synonyms: ['sortby', 'order by', 'sort by'] }), ORDER_KEYS],
      ),
    ],
    summary: 'Keeps a number of rows for each combination of values.',
    example: 'dedupeby order_id keep 1',
  },
  {
    name: 'distinct',
    synonyms: [],
    clauses: [list(...aliased('expression'))],
    summary: 'Gives each combination of values once.',
    example: 'distinct region as r',
  },
  {
    name: 'enrich',
    synonyms: [],
    clauses: [slot('expression'), ...INTO, word('using', 'Names the table.'), slot('table')],
    summary: 'Looks a value up in an enrichment table.',
    example: 'enrich sku into item using catalogue',
  },
  {
    name: 'explode',
    synonyms: [],
    clauses: [
      slot('expression'),
      ...INTO,
      optional(
        word('original', 'What happens to the rest of the row.'),
        eitherWord({
          discard: 'Only the element is left, as without the clause.',
          preserve: 'Every row has a copy of it.',
        }),
      ),
    ],
    summary: 'Gives one row for each element of an array.',
    example: 'explode lines into line original preserve',
  },
  {
    name: 'extract',
    synonyms: ['e'],
    clauses: [
      slot('expression'),
      ...INTO,
      word('using', 'Says how the value is found.'),
      slot('extractor'),
      optional(word('datatypes', 'Gives types to what was found.'), TYPED_KEYPATHS),
    ],
    summary: 'Takes a structured value out of a string.',
    example: 'extract msg into kv using kv()',
  },
  {
    name: 'filter',
    synonyms: ['f', 'where'],
    clauses: [slot('condition')],
    summary: 'Keeps the rows for which the condition is true.',
    example: 'filter code >= 400',
  },
  {
    name: 'find',
    synonyms: ['text'],
    clauses: [slot('phrase'), word('in', 'Names the field to look in.'), slot('keypath')],
    summary: 'Keeps the rows in whose field the phrase occurs, in any case.',
    example: "find 'denied' in msg",
  },
  {
    name: 'groupby',
    synonyms: [],
    clauses: [list(...aliased('expression')), AGGREGATES],
    summary: 'Groups the rows and computes aggregations for each group.',
    example: 'groupby host aggregate count() as n',
  },
  {
    name: 'join',
    synonyms: [],
    clauses: [
      optional(
        eitherWord({
          left: 'Keeps every row of this query, as without the word.',
          inner: 'Keeps the rows that have a match.',
          full: 'Keeps every row of both queries.',
          cross: 'Pairs every row with every row of the other query.',
        }),
      ),
      slot('subquery'),
      optional(
        either(
          [word('on', 'Begins the condition of a match.'), slot('join-conditions')],
          [word('using', 'Names fields that both queries have.'), list(slot('keypath'))],
        ),
      ),
      ...INTO,
    ],
    summary: 'Attaches the matching rows of another query.',
    example: 'join (source users) using id into user',
  },
  {
    name: 'limit',
    synonyms: [],
    doubtfulSynonyms: ['l'],
    clauses: [slot('row-count')],
    summary: 'Keeps at most N rows.',
    example: 'limit 25',
  },
  {
    name: 'lucene',
    synonyms: [],
    clauses: [slot('phrase')],
    summary: 'Keeps the rows that match a Lucene query.',
    example: "lucene 'code:[500 TO 599]'",
  },
  {
    name: 'move',
    synonyms: ['m'],
    clauses: [slot('keypath'), word('to', 'Names the new place.'), slot('target')],
    summary: 'Moves a field, with everything below it.',
    example: 'move a.b to b',
  },
  {
    name: 'multigroupby',
    synonyms: [],
    clauses: [list(parentheses(list(...aliased('expression')))), AGGREGATES],
    summary: 'Groups the rows by several lists of keys at once.',
    example: 'multigroupby (a), (a, b) aggregate count()',
  },
  {
    name: 'orderby',
    synonyms: ['sortby', 'order by', 'sort by'],
    clauses: [ORDER_KEYS],
    summary: 'Sorts the rows.',
    example: 'orderby cpu desc, host',
  },
  {
    name: 'redact',
    synonyms: [],
    clauses: [
      slot('keypath'),
      optional(word('matching', 'Begins what to look for.')),
      either([slot('pattern')], [slot('phrase')]),
      word('to', 'Begins what to put in its place.'),
      slot('phrase'),
    ],
    summary: 'Replaces every match in a string field.',
    example: "redact card matching /[0-9]{12}/ to '#'",
  },
  {
    name: 'remove',
    synonyms: ['r'],
    clauses: [list(slot('keypath'))],
    summary: 'Removes fields.',
    example: 'remove debug, raw.body',
  },
  {
    name: 'replace',
    synonyms: [],
    clauses: [
      slot('keypath'),
      word('with', 'Begins the value.'),
      slot('expression'),
      optional(...ON_DATATYPE_CHANGED),
    ],
    summary: 'Gives an existing field a new value.',
    example: 'replace host with host.toLowerCase()',
  },
  {
    name: 'roundtime',
    synonyms: [],
    clauses: [
      optional(slot('expression')),
      word('to', 'Begins the interval.'),
      slot('interval'),
      optional(...INTO),
    ],
    summary: 'Rounds a time down to an interval.',
    example: 'roundtime to 10m into slot',
  },
  {
    name: 'source',
    synonyms: ['from'],
    clauses: [
      slot('dataset'),
      optional(slot('source-parameters')),
      optional(
        either(
          [word('last', 'The time up to now.'), slot('interval')],
          [word('between', 'From one time to another.'), slot('time'), word('and'), slot('time')],
          [
            word('around', 'The time before and after another.'),
            slot('time'),
            optional(word('interval', 'How far to look; half an hour without it.'), slot('interval')),
          ],
          [word('timeshifted', 'Moves the time range of the request.'), slot('interval')],
        ),
      ),
    ],
    summary: 'Reads a dataset.',
    example: 'source spans last 2h',
  },
  {
    name: 'stitch',
    synonyms: [],
    clauses: [slot('subquery'), ...INTO, optional(word('merge', 'Merges the keys of both rows.'))],
    summary: 'Attaches the rows of another query by their position.',
    example: 'stitch (source plan) into plan',
  },
  {
    name: 'top',
    synonyms: [],
    clauses: RANKING,
    summary: 'Keeps the N rows, or groups, with the largest values.',
    example: 'top 3 host by max(cpu)',
  },
  {
    name: 'union',
    synonyms: [],
    clauses: [slot('subquery')],
    summary: 'Adds the rows of another query.',
    example: 'union (source archive)',
  },
  {
    name: 'wildfind',
    synonyms: ['wildtext'],
    clauses: [slot('phrase')],
    summary: 'Keeps the rows in which the phrase occurs in any field.',
    example: "wildfind 'ECONNRESET'",
  },
]

export const COMMANDS: readonly Command[] = DESCRIPTIONS.map((command) => ({
  ...command,
  syntax: writeSyntax(command.name, command.clauses),
}))

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
