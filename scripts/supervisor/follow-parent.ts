/**
 * Preloaded into every child (`node --require …/follow-parent.js`), so that no child outlives the supervisor,
 * however that ended: the IPC channel between the two closes with the supervisor's process, even on SIGKILL,
 * on Linux and macOS alike. The child then gets the SIGTERM that a supervisor in good health would have
 * sent, and, if that was not enough, a SIGKILL. A process that was started without a channel is left alone.
 */
const GRACE_MS = 10_000

if (process.channel !== undefined) {
  process.once('disconnect', () => {
    // Nobody reads the output any more; writing into the void must not cut the graceful stop short.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS).unref()
    process.kill(process.pid, 'SIGTERM')
  })
  process.channel.unref()
}
