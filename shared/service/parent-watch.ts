/**
 * Calls `onDeath` when the process that started this one is gone. The supervisor starts its children with an
 * IPC channel; the channel closes with the supervisor, however it ended, so no child outlives it. A process
 * started without such a channel is not watched.
 */
export function exitWhenParentDies(onDeath: () => void): void {
  if (process.channel === undefined) return
  process.channel?.unref()
  process.on('disconnect', onDeath)
}
