const FIRST_MS = 100
const MAX_MS = 5_000

/** How long to leave a service alone that failed so often in a row, 1 for the first. */
export function backoffMs(failures: number): number {
  return Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10))
}
