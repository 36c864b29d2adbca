import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { packageRoot } from '#shared/config'

/** The parts of a compose service that the tests look at. */
export interface ComposeService {
  readonly image: string
  readonly build?: { readonly context: string }
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string | number | null>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly depends_on?: readonly string[]
  readonly profiles?: readonly string[]
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly restart?: string
  readonly init?: boolean
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly mem_limit?: string
  readonly cpus?: number | string
  readonly pids_limit?: number
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>
  readonly volumes: Readonly<Record<string, null>>
}

/** `docker-compose.yml` as Compose sees it with these variables set and no others. */
export function readComposeFile(variables: Readonly<Record<string, string>> = {}): ComposeFile {
  return readYaml<ComposeFile>('docker-compose.yml', (text) => interpolate(text, variables))
}

/** A YAML file of the repository, by its path from the root. */
export function readYaml<Content>(
  file: string,
  transform: (text: string) => string = (text) => text,
): Content {
  return parse(transform(readText(file)), { merge: true }) as Content
}

export function readText(file: string): string {
  return readFileSync(path.join(packageRoot(), file), 'utf8')
}

/** `${NAME:-default}`, the only form of interpolation that the file uses. */
function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{(\w+):-([^}]*)\}/g,
    (_match, name: string, defaultValue: string) => variables[name] || defaultValue,
  )
}

/** A published port: `address:host:container`. */
export interface PublishedPort {
  readonly address: string
  readonly host: string
  readonly container: string
}

export function publishedPorts(service: ComposeService): PublishedPort[] {
  return (service.ports ?? []).map((port) => {
    const [address = '', host = '', container = ''] = port.split(':')
    return { address, host, container }
  })
}

/** A mount: a named volume or a path on the machine, and where it is in the container. */
export interface Mount {
  readonly source: string
  readonly target: string
}

export function mounts(service: ComposeService): Mount[] {
  return (service.volumes ?? []).map((volume) => {
    const [source = '', target = ''] = volume.split(':')
    return { source, target }
  })
}

export function namedVolumes(service: ComposeService): Mount[] {
  return mounts(service).filter(({ source }) => !source.startsWith('.'))
}
