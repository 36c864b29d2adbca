import { analyse, complete, format, formatText, parse, repair } from '#dataprime'
import { countTokens } from './moo-tokenizer'
import { ratePerSecond } from './rate'
import { type Measurement, perSecond } from './report'
import { longPipeline, TEN_STAGES, TEN_STAGES_WITH_MISTAKES } from './sample-queries'

const LONG_LENGTH = 1_000_000

/** The language on one core, beside a public tokenizer that does nothing but take the same text apart. */
export function measureDataprime({ durationMs }: { durationMs: number }): Measurement[] {
  // Six measurements of a short query and four of a long one share the time of two sections.
  const eachMs = durationMs / 5
  return [...measureShort(eachMs), ...measureLong(eachMs)]
}

function measureShort(eachMs: number): Measurement[] {
  const rate = (work: () => unknown) => perSecond(ratePerSecond(eachMs, work))
  const ceiling = `${rate(() => countTokens(TEN_STAGES))}: moo, tokens alone`
  const { query } = parse(TEN_STAGES)
  return [
    {
      what: 'parse + check of a 10-stage query, one core',
      measured: `${rate(() => analyse(TEN_STAGES))} (parse alone ${rate(() => parse(TEN_STAGES))})`,
      figure: '≥ 20,000/s',
      ceiling,
    },
    {
      what: 'format of a 10-stage query',
      measured: `${rate(() => formatText(TEN_STAGES))} (from the tree ${rate(() => format(query))})`,
      figure: '',
      ceiling,
    },
    {
      what: 'repair of a 10-stage query with three mistakes',
      measured: rate(() => repair(TEN_STAGES_WITH_MISTAKES)),
      figure: '',
      ceiling,
    },
    {
      what: 'completion at the end of a 10-stage query',
      measured: rate(() => complete(`${TEN_STAGES} | `, TEN_STAGES.length + 3)),
      figure: '',
      ceiling,
    },
  ]
}

function measureLong(eachMs: number): Measurement[] {
  const text = longPipeline(LONG_LENGTH)
  const rate = (work: () => unknown) => {
    return `${((ratePerSecond(eachMs, work) * text.length) / 1_000_000).toFixed(1)} MB/s`
  }
  const ceiling = `${rate(() => countTokens(text))}: moo, tokens alone`
  return [
    {
      what: 'parse + check of a pipeline of 1 MB',
      measured: `${rate(() => analyse(text))} (parse alone ${rate(() => parse(text))})`,
      figure: '≥ 1 MB/s',
      ceiling,
    },
    { what: 'format of a pipeline of 1 MB', measured: rate(() => formatText(text)), figure: '', ceiling },
  ]
}
