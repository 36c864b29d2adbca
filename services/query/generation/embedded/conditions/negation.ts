import { createPhraseTable } from '../phrase-table'
import type { Token } from '../tokenise'

const NEGATORS = createPhraseTable<true>([
  [
    true,
    "not, isn't, aren't, wasn't, weren't, don't, doesn't, didn't, hasn't, haven't, is not, " +
      "are not, was not, were not, do not, does not, did not, cannot, can't, without, without any, " +
      'except, except for, excepting, excluding, exclude, but not, and not, other than, ' +
      'apart from, aside from, besides, ignoring, ignore, omitting, omit, minus, never, no, ' +
      'outside, outside of, anything but, anyone but, anywhere but, everything but, ' +
      'everywhere but, everyone but, all but, anything except, anywhere except, everything except, ' +
      'rather than, nor, neither, leaving out, leave out, skip, skipping, hide, hiding, ' +
      'filter out, filtering out, not counting, not including, not from, not in, !',
  ],
])

/** The end of a phrase that turns the next condition round, null when there is none at `at`. */
export function readNegator(tokens: readonly Token[], at: number): number | null {
  return NEGATORS.match(tokens, at)?.end ?? null
}
