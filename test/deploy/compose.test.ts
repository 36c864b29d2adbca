import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parse } from 'yaml'
import { loadConfig, packageRoot, SERVICE_KEYS, SERVICES, type ServiceKey } from '#shared/config'
import { messagingConfigSchema, queueUrlOf } from '#shared/messaging'
import { telemetryConfigSchema } from '#shared/telemetry'
import { inspectorConfigSchema } from '../../inspector/config'
import { configSchema as gatewayConfig } from '../../services/gateway/config'
import { configSchema as processingConfig } from '../../services/processing/config'
import { configSchema as queryConfig } from '../../services/query/config'
import { configSchema as queueConfig } from '../../services/queue/config'
import { workerConfigSchema } from '../../services/queue/pool/worker-config'
import { configSchema as storageConfig } from '../../services/storage/config'
import { configSchema as validationConfig } from '../../services/validation/config'
import { CHAT_EDGES, EDGES } from '../system-map'
import {
  type ComposeFile,
  type ComposeService,
  mounts,
  namedVolumes,
  publishedPorts,
  readComposeFile,
  readText,
} from './compose-file'
import { runTool } from './external-tool'

const CONFIG_SCHEMAS = {
  gateway: gatewayConfig,
  query: queryConfig,
  validation: validationConfig,
  queue: queueConfig,
  processing: processingConfig,
  storage: storageConfig,
} as const satisfies Record<ServiceKey, unknown>

const INSPECTOR_PORT = inspectorConfigSchema.parse({}).INSPECTOR_PORT

const compose = readComposeFile()

function service(name: string, file: ComposeFile = compose): ComposeService {
  const found = file.services[name]
  assert.ok(found, `docker-compose.yml has no service ${name}`)
  return found
}

function namesInProfile(profile: string | undefined): string[] {
  return Object.entries(compose.services)
    .filter(([, { profiles }]) =>
      profile === undefined ? profiles === undefined : profiles?.includes(profile),
    )
    .map(([name]) => name)
    .sort()
}

describe('the layers', () => {
  test('the core is the six services and the inspector', () => {
    assert.deepEqual(namesInProfile(undefined), [...SERVICE_KEYS, 'inspector'].sort())
  })

  test('the other services are in one of three profiles', () => {
    assert.deepEqual(namesInProfile('workers'), ['worker'])
    assert.deepEqual(namesInProfile('rabbitmq'), ['rabbitmq'])
    assert.deepEqual(namesInProfile('observability'), ['grafana', 'jaeger', 'otel-collector', 'prometheus'])
    assert.equal(Object.keys(compose.services).length, SERVICE_KEYS.length + 7)
  })
})

for (const key of SERVICE_KEYS) {
  const { defaultPort, portVariable } = SERVICES[key]

  describe(`the service ${key}`, () => {
    test('starts its own program with telemetry loaded first', () => {
      assert.deepEqual(service(key).command, [
        '--require',
        './dist/shared/telemetry/register.js',
        `./dist/services/${key}/main.js`,
      ])
      assert.ok(existsSync(path.join(packageRoot(), `dist/services/${key}/main.js`)))
    })

    test('is published on loopback, at a port that its variable moves', () => {
      const moved = service(key, readComposeFile({ [portVariable]: '15999', PUBLISH_ADDRESS: '10.0.0.7' }))

      assert.deepEqual(publishedPorts(service(key)), [
        { address: '127.0.0.1', host: String(defaultPort), container: String(defaultPort) },
      ])
      assert.deepEqual(publishedPorts(moved), [
        { address: '10.0.0.7', host: '15999', container: String(defaultPort) },
      ])
    })

    test('listens on all addresses of its container, on its default port', () => {
      assert.equal(service(key).environment?.HOST, '0.0.0.0')
      assert.ok(!Object.hasOwn(service(key).environment ?? {}, portVariable))
    })

    test('is healthy when it is ready', () => {
      assert.deepEqual(service(key).healthcheck?.test, [
        'CMD',
        'node',
        'deploy/docker/check-health.js',
        `http://127.0.0.1:${defaultPort}/health/ready`,
      ])
    })

    test('has a volume where it keeps SQLite files, and else none', () => {
      const ownsFiles = Object.hasOwn(CONFIG_SCHEMAS[key].shape, 'DATA_DIR')
      const expected = ownsFiles ? [{ source: `${key}-data`, target: '/data' }] : []

      assert.deepEqual(mounts(service(key)), expected)
      assert.equal(service(key).environment?.DATA_DIR, ownsFiles ? '/data' : undefined)
    })

    test('finds each service it calls under its name, and starts after it', () => {
      const urls = Object.entries(service(key).environment ?? {}).filter(([name]) =>
        name.endsWith('_SERVICE_URL'),
      )
      const callees = SERVICE_KEYS.filter((other) =>
        urls.some(([name]) => name === SERVICES[other].urlVariable),
      )
      const calleesOfMap = [...EDGES, ...CHAT_EDGES].filter(
        ([caller, callee, by]) => caller === key && callee !== key && by === 'http',
      )

      assert.equal(callees.length, urls.length)
      for (const callee of callees) {
        const url = service(key).environment?.[SERVICES[callee].urlVariable]
        assert.equal(url, `http://${callee}:${SERVICES[callee].defaultPort}`)
      }
      for (const [, callee] of calleesOfMap) assert.ok(callees.includes(callee), `${key} calls ${callee}`)
      const ahead = callees.filter((callee) => !CALLS_BACK.includes(`${key} → ${callee}`))
      assert.deepEqual([...(service(key).depends_on ?? [])].sort(), [...ahead, 'inspector'].sort())
    })

    test('gets every variable of its configuration that has a meaning in a container', () => {
      const handed = Object.keys(service(key).environment ?? {})
      const missing = Object.keys({ ...CONFIG_SCHEMAS[key].shape, ...telemetryConfigSchema.shape }).filter(
        (name) => !handed.includes(name) && !isAddress(name) && !(name in NOT_HANDED_ON),
      )

      assert.deepEqual(missing, [], `add these to the environment of ${key} in docker-compose.yml`)
    })

    test('gets no variable that it does not read', () => {
      const known = { ...CONFIG_SCHEMAS[key].shape, ...telemetryConfigSchema.shape }
      const surplus = Object.keys(service(key).environment ?? {}).filter(
        // Those of OpenTelemetry's own that the schema does not list are read by the SDK.
        (name) => !(name in known) && !name.startsWith('OTEL_'),
      )

      assert.deepEqual(surplus, [])
    })
  })
}

describe('the worker', () => {
  const worker = service('worker')
  const known = { ...workerConfigSchema.shape, ...telemetryConfigSchema.shape }

  test('is a program of the image, with telemetry loaded first', () => {
    assert.deepEqual(worker.command, [
      '--require',
      './dist/shared/telemetry/register.js',
      './dist/scripts/worker.js',
    ])
    const letThrough = readText('.dockerignore').split('\n')
    for (const source of ['!scripts/worker.ts', '!scripts/cli'])
      assert.ok(letThrough.includes(source), source)
  })

  test('is healthy when it is ready, and publishes no port, so that there may be several', () => {
    const { WORKER_PORT } = worker.environment ?? {}

    assert.equal(worker.healthcheck?.test?.at(-1), `http://127.0.0.1:${WORKER_PORT}/health/ready`)
    assert.deepEqual(publishedPorts(worker), [])
    assert.deepEqual(mounts(worker), [])
  })

  test('gets every variable of its configuration, and no other', () => {
    const handed = Object.keys(worker.environment ?? {})
    const missing = Object.keys(known).filter(
      (name) => !handed.includes(name) && !isAddress(name) && !(name in NOT_HANDED_ON),
    )

    assert.deepEqual(missing, [], 'add these to the environment of worker in docker-compose.yml')
    assert.deepEqual(
      handed.filter((name) => !(name in known) && !name.startsWith('OTEL_')),
      [],
    )
  })

  test('finds those it calls, wherever messages are kept', () => {
    for (const callee of ['queue', 'processing', 'gateway'] as const) {
      const { urlVariable, defaultPort } = SERVICES[callee]
      assert.equal(worker.environment?.[urlVariable], `http://${callee}:${defaultPort}`)
    }
  })
})

/** Calls against the direction of the work: compose keeps the order of its circle one way round alone. */
const CALLS_BACK: readonly string[] = ['processing → queue', 'storage → queue', 'queue → gateway']

/** Inside the network of a compose project every service has its own address and its default port. */
function isAddress(name: string): boolean {
  return SERVICE_KEYS.some((key) => name === SERVICES[key].portVariable || name === SERVICES[key].urlVariable)
}

const NOT_HANDED_ON: Readonly<Record<string, string>> = {
  OTEL_SERVICE_NAME: 'would give all six services one name',
  INSPECTOR_PORT: 'is the port on the machine; in the network the inspector has its default one',
  CATALOGUE_FILE: 'is a path on the machine; docs/deployment.md tells how to mount it',
  RABBITMQ_CA_FILE: 'is a path on the machine; docs/deployment.md tells how to mount it',
  RABBITMQ_CERT_FILE: 'is a path on the machine, as RABBITMQ_CA_FILE is',
  RABBITMQ_CERT_KEY_FILE: 'is a path on the machine, as RABBITMQ_CA_FILE is',
}

describe('where messages are kept', () => {
  const messaging = SERVICE_KEYS.filter((key) => 'QUEUE_URL' in CONFIG_SCHEMAS[key].shape)

  const urlOf = (key: ServiceKey, variables: Readonly<Record<string, string>> = {}) => {
    const environment = service(key, readComposeFile(variables)).environment ?? {}
    // A variable without a value is handed on from the shell.
    const given = Object.entries(environment).map(([name, value]) => [
      name,
      String(value ?? variables[name] ?? ''),
    ])
    return queueUrlOf(loadConfig(messagingConfigSchema, Object.fromEntries(given)))
  }

  test('in SQLite, without a variable', () => {
    assert.ok(messaging.includes('queue'))
    for (const key of messaging) assert.equal(urlOf(key), 'sqlite:')
  })

  test('with USE_RABBITMQ in the broker of the profile, as its user', () => {
    const variables = { USE_RABBITMQ: 'true', RABBITMQ_USER: 'somebody', RABBITMQ_PASSWORD: 'secret' }
    const broker = service('rabbitmq', readComposeFile(variables))

    assert.equal(broker.environment?.RABBITMQ_DEFAULT_USER, 'somebody')
    assert.equal(broker.environment?.RABBITMQ_DEFAULT_PASS, 'secret')
    for (const key of messaging) assert.equal(urlOf(key, variables), 'amqp://somebody:secret@rabbitmq:5672')
  })

  test('with QUEUE_URL wherever it says', () => {
    const url = 'amqps://user:secret@broker.example/mesh'

    for (const key of messaging) assert.equal(urlOf(key, { QUEUE_URL: url }), url)
  })
})

describe('where traces go', () => {
  test('without a variable to the inspector', () => {
    for (const key of SERVICE_KEYS) {
      assert.equal(
        service(key).environment?.OTEL_EXPORTER_OTLP_ENDPOINT,
        `http://inspector:${INSPECTOR_PORT}`,
      )
    }
    assert.deepEqual(service('inspector').command, ['./dist/inspector/main.js'])
    assert.equal(service('inspector').environment?.INSPECTOR_PORT, INSPECTOR_PORT)
    assert.equal(publishedPorts(service('inspector'))[0]?.container, String(INSPECTOR_PORT))
  })

  test('with the standard variable wherever it says', () => {
    const file = readComposeFile({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://otel-collector:4318' })

    for (const key of SERVICE_KEYS) {
      assert.equal(service(key, file).environment?.OTEL_EXPORTER_OTLP_ENDPOINT, 'http://otel-collector:4318')
    }
  })

  test('the inspector gets every variable of its own', () => {
    assert.deepEqual(
      Object.keys(service('inspector').environment ?? {}).sort(),
      Object.keys(inspectorConfigSchema.shape).sort(),
    )
  })
})

describe('all containers', () => {
  test('those of the mesh are one image with no rights to spare', () => {
    for (const name of [...SERVICE_KEYS, 'worker', 'inspector']) {
      const container = service(name)
      assert.equal(container.image, 'dataprime-mesh:local', name)
      assert.equal(container.build?.context, '.', name)
      assert.equal(container.init, true, name)
      assert.equal(container.read_only, true, name)
      assert.deepEqual(container.cap_drop, ['ALL'], name)
      assert.deepEqual(container.security_opt, ['no-new-privileges:true'], name)
      assert.ok(container.pids_limit, name)
    }
  })

  test('have limits, restart, and a version', () => {
    for (const [name, container] of Object.entries(compose.services)) {
      assert.match(container.mem_limit ?? '', /^\d+[mg]$/, name)
      assert.ok(Number(container.cpus) > 0, name)
      assert.equal(container.restart, 'unless-stopped', name)
      assert.match(container.image, /^[\w/-]+:(v?\d+\.\d+\.\d+(-management)?|local)$/, name)
    }
  })

  test('publish different ports, all on loopback', () => {
    const ports = Object.values(compose.services).flatMap(publishedPorts)
    const hostPorts = ports.map(({ host }) => host)

    assert.equal(new Set(hostPorts).size, hostPorts.length, hostPorts.join(' '))
    assert.deepEqual([...new Set(ports.map(({ address }) => address))], ['127.0.0.1'])
  })

  test('mount what exists, and no two mount the same volume', () => {
    const all = Object.values(compose.services)
    const volumes = all.flatMap(namedVolumes).map(({ source }) => source)
    const paths = all.flatMap(mounts).filter(({ source }) => source.startsWith('.'))

    assert.deepEqual([...volumes].sort(), Object.keys(compose.volumes).sort())
    assert.equal(new Set(volumes).size, volumes.length)
    for (const { source } of paths) assert.ok(existsSync(path.join(packageRoot(), source)), source)
  })

  test('depend only on containers that run whenever they do', () => {
    for (const [name, { depends_on = [], profiles = [] }] of Object.entries(compose.services)) {
      for (const other of depends_on) {
        const otherProfiles = service(other).profiles ?? []
        const runsToo = otherProfiles.length === 0 || profiles.every((one) => otherProfiles.includes(one))
        assert.ok(
          runsToo && (otherProfiles.length === 0 || profiles.length > 0),
          `${name} depends on ${other}`,
        )
      }
    }
  })
})

describe('docker-compose', () => {
  const profiles = ['--profile', 'workers', '--profile', 'rabbitmq', '--profile', 'observability']
  // In place of the developer's own .env.
  const emptyFile = path.join(mkdtempSync(path.join(tmpdir(), 'mesh-deploy-')), 'env')
  before(() => writeFileSync(emptyFile, ''))
  after(() => rmSync(path.dirname(emptyFile), { recursive: true }))

  for (const [what, parameters] of [
    ['the core', []],
    ['all profiles', profiles],
  ] as const) {
    test(`accepts ${what}`, (t) => {
      const result = runTool('docker-compose', ['--env-file', emptyFile, ...parameters, 'config'])
      if (result === undefined) return t.skip('docker-compose is not installed')

      assert.equal(result.code, 0, result.stderr)
      // Compose 1 prints the services of all profiles, Compose 2 those of the chosen ones.
      const printed = Object.keys((parse(result.stdout) as ComposeFile).services)
      const expected = parameters.length > 0 ? Object.keys(compose.services) : namesInProfile(undefined)
      assert.deepEqual(
        expected.filter((name) => !printed.includes(name)),
        [],
      )
    })
  }
})
