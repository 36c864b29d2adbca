/**
 * The result of `work`, or `otherwise` when it takes longer than `timeoutMs`. The work itself goes on; its
 * failure within the time is thrown. No timer is left behind.
 */
export async function within<Result, Otherwise>(
  timeoutMs: number,
  work: Promise<Result>,
  otherwise: Otherwise,
): Promise<Result | Otherwise> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<Otherwise>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, otherwise)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}
