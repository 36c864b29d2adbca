import { ConfigError } from '#shared/config'
import { CommandError } from '../cli/command-error'
import { type Member, portVariableOf } from './members'
import { type MeshConfig, portOf } from './mesh-config'
import { type PortState, probePort } from './port-state'

export interface BusyPort {
  readonly member: Member
  readonly port: number
  readonly state: Exclude<PortState, 'free' | 'no-such-host'>
}

/**
 * The ports of `members` that cannot be listened on, all of them at once.
 *
 * @throws ConfigError when `HOST` is neither an address nor the name of one
 */
export async function findBusyPorts(config: MeshConfig, members: readonly Member[]): Promise<BusyPort[]> {
  const states = await Promise.all(
    members.map(async (member) => {
      const port = portOf(config, member)
      return { member, port, state: await probePort(config.HOST, port) }
    }),
  )
  if (states.some(({ state }) => state === 'no-such-host')) {
    throw new ConfigError([
      `HOST: expected an address of this machine, such as 127.0.0.1 (found "${config.HOST}")`,
    ])
  }
  return states.filter((one): one is BusyPort => one.state !== 'free' && one.state !== 'no-such-host')
}

/**
 * @throws CommandError that names every busy port, its service and the variable to change
 * @throws ConfigError when `HOST` is wrong
 */
export async function refuseBusyPorts(config: MeshConfig, members: readonly Member[]): Promise<void> {
  const busy = await findBusyPorts(config, members)
  if (busy.length > 0) throw new CommandError(explainBusyPorts(config.HOST, busy, process.platform))
}

/** The port that macOS gives to its own AirPlay Receiver. */
const AIRPLAY_PORT = 5000

export function explainBusyPorts(host: string, busy: readonly BusyPort[], platform: NodeJS.Platform): string {
  const lines = busy.map((one) => explainBusyPort(host, one))
  if (platform === 'darwin' && busy.some(({ port, state }) => port === AIRPLAY_PORT && state === 'in-use')) {
    lines.push(
      `On macOS port ${AIRPLAY_PORT} belongs to AirPlay Receiver: turn it off in System Settings, General,`,
      'AirDrop & Handoff, AirPlay Receiver.',
    )
  }
  return lines.join('\n')
}

function explainBusyPort(host: string, { member, port, state }: BusyPort): string {
  const variable = portVariableOf(member)
  switch (state) {
    case 'in-use':
      return `port ${port} for ${member} is in use: end the program there, or set ${variable} to a free port`
    case 'not-permitted':
      return `port ${port} for ${member} needs more rights: set ${variable} to one above 1023`
    case 'no-such-address':
      return `${host} is no address of this machine, so ${member} cannot listen there: set HOST to one that is`
  }
}
