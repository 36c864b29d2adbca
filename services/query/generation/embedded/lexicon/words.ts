import { wordSet } from '../word-set'

/** Nouns for the records themselves: counting them counts rows. Stems are not needed, both numbers are listed. */
const RECORD_NOUN_BASES = (
  'log line entry record row message event request hit call occurrence span trace result ' +
  'response query item document invocation execution transaction thing data datapoint time ' +
  'statement everything anything stuff activity view visit attempt operation'
).split(' ')

function plural(noun: string): string {
  if (noun.endsWith('y') && !/[aeou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`
  return `${noun}s`
}

export const RECORD_NOUNS: ReadonlySet<string> = new Set(
  RECORD_NOUN_BASES.flatMap((noun) => [noun, plural(noun)]),
)

/** Of these, the ones that name nothing but the source: they never carry a condition of their own. */
export const LOG_NOUNS: ReadonlySet<string> = wordSet(
  'log logs line lines entry entries record records row rows message messages',
)
export const SPAN_NOUNS: ReadonlySet<string> = wordSet('span spans trace traces tracing')

/** Words that join, point or ask and carry no condition. */
export const FILLERS = wordSet(
  'a an the this that these those of for in on at to from with within by into onto as and or but so',
  'then also just only is are was were be been being am has have had having do does did done will',
  'would can could should shall may might must i me my we us our you your he she they them their it',
  'its one ones which what who whose whom where when why how there here show showing shows list',
  'give get gets find finding display print fetch return retrieve pull see tell know want need like',
  'look looking check please thanks thank hi hello hey ok okay let lets all any some every each',
  'both either whole entire total overall single about around between during over across under per',
  'via through sample samples example examples random new recent hit hits hitting throwing threw',
  'thrown raised raising go goes going went come comes came happen happened happening occur',
  'occurred occurring occurs seen saw appear appeared use used using uses made make makes making',
  'take takes took taken taking run runs ran running got getting keep kept try tried trying tries',
  'reach reached reaching served serve serving log logs logged logging line lines entry entries',
  'record records row rows span spans event events request requests message messages data',
  'information info result results query queries value values field fields number numbers count',
  'counts system systems more most less least very too up out off down again still yet produced',
  'produce generated generate written write wrote emitted emit sent send received receive returned',
  'returning coming than same other another such particular specific certain various different',
  'distinct unique next beside alongside versus vs compared comparing comparison difference against',
  'if not no non none everything anything everyone anyone chart graph plot table report dashboard',
  'visualise visualize draw compute calculate compare rank ranking tally breakdown broken grouped',
  "group split sort sorted active i'd i'm i'll i've we'd we're we'll we've what's whats that's there's",
  "it's let's who's where's how's",
)

/** Verbs that open an honest question. */
export const QUERY_VERBS = wordSet(
  'show list give get find display fetch return retrieve pull see tell count tally sum average rank',
  'sort order group chart plot graph draw visualise visualize compare calculate compute search',
  'filter look check summarise summarize aggregate break report analyse analyze investigate',
  'identify determine measure monitor track view inspect examine detect explore query select bring',
  'put set what which who how where when why is are was were did do does any all total',
)
