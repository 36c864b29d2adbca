/** Runs are timed on texts at least this long a time, below which they tell nothing. */
const LEAST_MS = 5
const SIZE_MAX = 1_000_000
const ATTEMPTS = 5
const LARGER_TRIES = 2

/** A growth that needs no second look: linear, with what a busy machine adds to it. */
const PLAINLY_LINEAR = 2.6

/**
 * How many times as long something takes for twice the size: about 2 where it is linear and 4 where it is
 * quadratic. The smallest of several measurements, since what else a machine does can only make runs longer.
 */
export function timeGrowth<Input>(
  makeInput: (size: number) => Input,
  run: (input: Input) => unknown,
  startSize = 10_000,
): number {
  let size = startSize
  let input = makeInput(size)
  // The first runs are slow, since nothing is compiled yet.
  while (size < SIZE_MAX && shortestMs(() => run(input), 3) < LEAST_MS) {
    size *= 2
    input = makeInput(size)
  }
  let least = growthAt(size, makeInput, run)
  // Garbage is collected in steps, which weigh less in longer runs; what is quadratic is so at every size.
  for (let larger = 0; larger < LARGER_TRIES && least > PLAINLY_LINEAR; larger++) {
    size *= 4
    least = Math.min(least, growthAt(size, makeInput, run))
  }
  return least
}

function growthAt<Input>(
  size: number,
  makeInput: (size: number) => Input,
  run: (input: Input) => unknown,
): number {
  const input = makeInput(size)
  const twice = makeInput(size * 2)
  let least = Number.POSITIVE_INFINITY
  for (let attempt = 0; attempt < ATTEMPTS && least > PLAINLY_LINEAR; attempt++) {
    least = Math.min(least, shortestMs(() => run(twice), 2) / shortestMs(() => run(input), 2))
  }
  return least
}

function shortestMs(run: () => unknown, times: number): number {
  let shortest = Number.POSITIVE_INFINITY
  for (let time = 0; time < times; time++) {
    const start = cpuMs()
    run()
    shortest = Math.min(shortest, cpuMs() - start)
  }
  return shortest
}

/** The time this thread has worked, so that what else the machine does counts less than on the clock. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
