/** What a score says and how it is computed, in the numbers it is computed with. */
export interface ScoreDefinition {
  readonly summary: string
  /** A line each, in lower case and without a full stop. */
  readonly rules: readonly string[]
}
