import { adminConfigSchema, loadConfig } from '#shared/config'
import { defineCommand, runAsProgram } from './cli/command'
import { UsageError } from './cli/command-error'
import { JSON_OPTION, type Options } from './cli/options'
import { findMesh } from './client/mesh-address'
import { createQueueClient } from './client/queue-client'
import { isSubcommandName, SUBCOMMANDS, type SubcommandName } from './queues/subcommands'

const NAMES = Object.keys(SUBCOMMANDS)

const OPTIONS = {
  'dead-letters': { type: 'boolean', describe: 'purge: the dead letters instead of what waits.' },
  yes: { type: 'boolean', describe: 'purge: yes, drop these messages for good.' },
  id: { type: 'string', value: 'ID', multiple: true, describe: 'replay: only this one; may be repeated.' },
  limit: {
    type: 'string',
    value: 'N',
    describe: 'dead-letters: how many are shown (20). replay: how many at most (all).',
  },
  url: {
    type: 'string',
    value: 'URL',
    describe: 'The queue service (default: that of the running mesh of this checkout, or QUEUE_PORT).',
  },
  json: JSON_OPTION,
} as const

/** Options that only some subcommands understand. */
const OWNERS: Readonly<Partial<Record<keyof typeof OPTIONS, readonly SubcommandName[]>>> = {
  'dead-letters': ['purge'],
  yes: ['purge'],
  id: ['replay'],
  limit: ['dead-letters', 'replay'],
}

export const queuesCommand = defineCommand({
  invocation: 'npm run queues --',
  argument: `<${NAMES.join('|')}> [QUEUE]`,
  summary: `Looks at the queues of the running mesh, drops what is in them, shows what was given up and gives it
another chance. When the service has an ADMIN_TOKEN, purge and replay take it from the variable of that name.`,
  options: OPTIONS,
  exitCodes: {
    0: 'done, however many messages that concerned',
    1: 'the queue service does not run or answered with an error, or an --id was not replayed',
    2: 'the command line is wrong',
  },
  async run({ options, positionals, environment, terminal }) {
    const [word, queue, ...surplus] = positionals
    const name = toSubcommandName(word)
    assertUnderstood(options, name)
    if (surplus.length > 0) throw new UsageError(`unexpected argument "${surplus[0]}"`)
    const { ADMIN_TOKEN } = loadConfig(adminConfigSchema, environment)
    const client = createQueueClient(toServiceUrl(options.url, environment), ADMIN_TOKEN)
    return SUBCOMMANDS[name]({ queue, options, client, terminal })
  },
})

function toSubcommandName(word: string | undefined): SubcommandName {
  if (word !== undefined && isSubcommandName(word)) return word
  const found = word === undefined ? 'found none' : `not "${word}"`
  throw new UsageError(`expected one of ${NAMES.join(', ')}, ${found}`)
}

function assertUnderstood(options: Options<typeof OPTIONS>, name: SubcommandName): void {
  for (const [option, owners] of Object.entries(OWNERS)) {
    if (options[option as keyof typeof OPTIONS] !== undefined && !owners.includes(name)) {
      throw new UsageError(`--${option} is for ${owners.join(' and ')}, not for ${name}`)
    }
  }
}

function toServiceUrl(url: string | undefined, environment: Parameters<typeof findMesh>[0]): string {
  if (url === undefined) return findMesh(environment, undefined).serviceUrls.queue
  if (/^https?:\/\/[^/]/.test(url) && URL.canParse(url)) return url.replace(/\/+$/, '')
  throw new UsageError(`--url takes an address such as http://127.0.0.1:5003, not "${url}"`)
}

if (require.main === module) void runAsProgram(queuesCommand)
