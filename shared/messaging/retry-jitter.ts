/**
 * `delayMs`, up to the share `jitter` of it shorter or longer, evenly spread: messages that failed together, because
 * what they need was away, do not all come back at the same moment.
 *
 * @param jitter 0 changes nothing, 1 gives anything from no delay at all to twice as much
 * @param random at least 0 and less than 1
 */
export function withJitter(delayMs: number, jitter: number, random: number): number {
  return Math.round(delayMs * (1 + jitter * (2 * random - 1)))
}
