import { lowerWord as lower } from '../lower-word'
import { readQuantity } from '../quantity'
import { claim, isFree, type Question } from '../question'
import { type Timeframe, toInterval } from '../time/timeframe'
import { wordSet } from '../word-set'

const CHANGING = wordSet(
  'widen extend expand stretch narrow shorten shrink reduce zoom look go change set make',
  'switch use increase decrease broaden lengthen restrict limit move widening enlarge take try',
  'bump cut',
)

/** `widen it to 12 hours`, `make it 3 days`, `go back 2 weeks`: a new length of time, without "last". */
export function readRangeChange(question: Question): Timeframe | null {
  const verb = question.tokens.findIndex((token) => CHANGING.has(token.lower))
  if (verb < 0) return null
  for (let at = verb + 1; at < question.tokens.length; at += 1) {
    const quantity = isFree(question, at) ? readQuantity(question.tokens, at) : null
    if (quantity?.unit.dimension !== 'time' || quantity.value * quantity.unit.factor < 1) continue
    const before = lower(question.tokens, at - 1)
    if (/^(above|over|below|under|than|least|most|every|each|per|by)$/.test(before)) return null
    if (/^(steps?|buckets?|intervals?|windows?|bins?)$/.test(lower(question.tokens, quantity.end)))
      return null
    claim(question, verb, quantity.end, 'time')
    return { kind: 'last', interval: toInterval(quantity.value, quantity.unit.factor) }
  }
  return null
}
