import { COMPLEXITY_SCORE } from './complexity'
import type { ScoreDefinition } from './score-definition'
import { SYNTAX_SCORE } from './syntax-score'

/** The definitions of the scores, by the names they have in answers. */
export const SCORES = {
  syntax_score: SYNTAX_SCORE,
  complexity_score: COMPLEXITY_SCORE,
} as const satisfies Readonly<Record<string, ScoreDefinition>>
