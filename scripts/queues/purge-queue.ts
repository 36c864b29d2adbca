import { UsageError } from '../cli/command-error'
import { countOf, printJson, type Subcommand, toQueue } from './subcommand'

/** Drops what waits in a queue, or its dead letters, once it was said twice. */
export const purgeQueue: Subcommand = async ({ queue: named, options, client, terminal }) => {
  const queue = toQueue(named)
  const dead_letters = options['dead-letters'] ?? false
  const what = dead_letters ? 'dead letter' : 'waiting message'
  if (!options.yes) throw new UsageError(`purge drops every ${what} of ${queue} for good; --yes does it`)
  const purged = await client.purge(queue, { dead_letters })
  if (options.json) printJson(terminal, purged)
  else terminal.print(`Dropped ${countOf(purged.purged, what)} of ${queue}.`)
  return 0
}
