import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SERVICE_KEYS, SERVICES } from '#shared/config'
import { postJson, QUESTION } from '../support/ask'
import { eventually } from '../support/eventually'
import { type Mesh, startMesh } from '../support/mesh'
import { mounts, publishedPorts, readComposeFile, readText, readYaml } from './compose-file'
import { runTool } from './external-tool'
import { labelNamesOf, metricNamesOf } from './promql-names'

interface PrometheusConfig {
  readonly rule_files: readonly string[]
  readonly scrape_configs: readonly {
    readonly job_name: string
    readonly metrics_path?: string
    readonly static_configs: readonly {
      readonly targets: readonly string[]
      readonly labels?: { readonly service?: string }
    }[]
  }[]
}

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[]
  }[]
}

type Pipeline = Readonly<Record<'receivers' | 'processors' | 'exporters', readonly string[]>>

interface CollectorConfig {
  readonly extensions: { readonly health_check: { readonly endpoint: string } }
  readonly receivers: { readonly otlp: { readonly protocols: Record<'grpc' | 'http', { endpoint: string }> } }
  readonly processors: {
    readonly memory_limiter: { readonly limit_mib: number; readonly spike_limit_mib: number }
  }
  readonly exporters: Readonly<Record<string, { readonly endpoint?: string }>>
  readonly service: {
    readonly extensions: readonly string[]
    readonly pipelines: Readonly<Record<'traces' | 'metrics', Pipeline>>
    readonly telemetry: {
      readonly metrics: {
        readonly readers: readonly { pull: { exporter: { prometheus: { port: number } } } }[]
      }
    }
  }
}

interface Dashboard {
  readonly panels: readonly {
    readonly title: string
    readonly datasource: { readonly uid: string }
    readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[]
  }[]
  readonly templating: { readonly list: readonly { readonly query: { readonly query: string } }[] }
}

interface DataSources {
  readonly datasources: readonly { readonly uid: string; readonly type: string; readonly url: string }[]
}

const compose = readComposeFile()
const prometheus = readYaml<PrometheusConfig>('deploy/prometheus/prometheus.yml')
const rules = readYaml<RuleFile>('deploy/prometheus/rules.yml').groups.flatMap((group) => group.rules)
const collector = readYaml<CollectorConfig>('deploy/collector/config.yaml')
const withCoralogix = readYaml<CollectorConfig>('deploy/collector/coralogix.yaml')
const dashboard: Dashboard = JSON.parse(readText('deploy/grafana/dashboards/mesh-overview.json'))
const dataSources = readYaml<DataSources>(
  'deploy/grafana/provisioning/datasources/datasources.yaml',
).datasources

function scrapeJob(name: string) {
  const job = prometheus.scrape_configs.find(({ job_name }) => job_name === name)
  assert.ok(job, `prometheus.yml has no job ${name}`)
  return job
}

describe('Prometheus', () => {
  test('scrapes each of the six services at its port, under its name', () => {
    const job = scrapeJob('dataprime-mesh')

    assert.deepEqual(
      job.static_configs,
      SERVICE_KEYS.map((key) => ({
        targets: [`${key}:${SERVICES[key].defaultPort}`],
        labels: { service: SERVICES[key].serviceName },
      })),
    )
    assert.equal(job.metrics_path ?? '/metrics', '/metrics')
  })

  test('scrapes the collector where it tells its own metrics', () => {
    const port = collector.service.telemetry.metrics.readers[0]?.pull.exporter.prometheus.port

    assert.deepEqual(scrapeJob('otel-collector').static_configs, [{ targets: [`otel-collector:${port}`] }])
  })

  for (const [what, parameters] of [
    ['its configuration and rules', ['check', 'config', 'deploy/prometheus/prometheus.yml']],
    ['the rules, which do as their tests say', ['test', 'rules', 'deploy/prometheus/rules.test.yml']],
  ] as const) {
    test(`promtool accepts ${what}`, (t) => {
      const result = runTool('promtool', parameters)
      if (result === undefined) return t.skip('promtool is not installed')

      assert.equal(result.code, 0, result.stdout + result.stderr)
      assert.match(result.stdout, /SUCCESS/)
    })
  }
})

describe('what Prometheus and Grafana ask for', () => {
  let mesh: Mesh
  let exposed: string

  before(async () => {
    mesh = await startMesh({ services: ['gateway'] })
    // Answered with a 503, as nothing stands behind the gateway; it is counted all the same.
    await postJson(`${mesh.url}/api/generate-query`, { user_input: QUESTION })
    // The event loop's delay is told once it was sampled.
    exposed = await eventually('the runtime metrics are exposed', async () => {
      const metrics = await (await fetch(`${mesh.url}/metrics`)).text()
      return metrics.includes('nodejs_eventloop_delay') && metrics
    })
  })
  after(() => mesh.stop())

  const expressions = [
    ...rules.map(({ expr }) => expr),
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ]

  test('is exposed by a service or recorded by a rule', () => {
    const names = new Set([
      // Made by Prometheus itself for each target.
      'up',
      ...rules.flatMap(({ record }) => record ?? []),
      ...[...exposed.matchAll(/^(\w+)(?:\{| )/gm)].map(([, name]) => name),
    ])

    for (const expression of expressions) {
      const used = metricNamesOf(expression)
      assert.ok(used.length > 0, expression)
      for (const name of used) assert.ok(names.has(name), `no service exposes ${name}: ${expression}`)
    }
  })

  test('is told apart by labels that the metrics have', () => {
    // The first three are set by the scrape, `le` by every histogram.
    const labels = new Set([
      'job',
      'instance',
      'service',
      ...[...exposed.matchAll(/[{,](\w+)="/g)].map(([, name]) => name),
    ])
    assert.ok(labels.has('le'))

    for (const expression of expressions) {
      for (const name of labelNamesOf(expression)) assert.ok(labels.has(name), `${name}: ${expression}`)
    }
  })

  test('leaves health checks and scrapes out of the request counts', async () => {
    await fetch(`${mesh.url}/health/ready`)
    const again = await (await fetch(`${mesh.url}/metrics`)).text()

    assert.match(again, /^http_server_request_duration_count\{[^}]*http_route="\/api\/generate-query"/m)
    assert.doesNotMatch(again, /^http_server_request_duration_count\{[^}]*http_route="\/(health|metrics)/m)
  })
})

describe('the collector', () => {
  for (const [file, config] of [
    ['config.yaml', collector],
    ['coralogix.yaml', withCoralogix],
  ] as const) {
    test(`${file} takes OTLP over both protocols and names only parts it has`, () => {
      const { receivers, processors, exporters } = config.service.pipelines.traces

      assert.equal(config.receivers.otlp.protocols.grpc.endpoint, '0.0.0.0:4317')
      assert.equal(config.receivers.otlp.protocols.http.endpoint, '0.0.0.0:4318')
      assert.deepEqual([...receivers].sort(), Object.keys(config.receivers).sort())
      assert.deepEqual([...processors].sort(), Object.keys(config.processors).sort())
      assert.deepEqual([...exporters].sort(), Object.keys(config.exporters).sort())
      assert.deepEqual([...config.service.extensions], Object.keys(config.extensions))
    })

    test(`${file} hands metrics that are pushed to all but those who take traces alone`, () => {
      const { traces, metrics } = config.service.pipelines

      assert.deepEqual(metrics.receivers, traces.receivers)
      assert.deepEqual(metrics.processors, traces.processors)
      const tracesAlone = ['otlp/jaeger', 'otlphttp/inspector']
      assert.deepEqual(
        metrics.exporters,
        traces.exporters.filter((name) => !tracesAlone.includes(name)),
      )
    })

    test(`${file} limits memory first, below what its container may have`, () => {
      const limitMib = Number(/^(\d+)m$/.exec(compose.services['otel-collector']?.mem_limit ?? '')?.[1])

      assert.equal(config.service.pipelines.traces.processors[0], 'memory_limiter')
      assert.ok(config.processors.memory_limiter.limit_mib < limitMib)
      assert.ok(config.processors.memory_limiter.spike_limit_mib < config.processors.memory_limiter.limit_mib)
    })

    test(`${file} gets every variable it reads from compose`, () => {
      const given = compose.services['otel-collector']?.environment ?? {}

      for (const [, name] of readText(`deploy/collector/${file}`).matchAll(/\$\{env:(\w+)\}/g)) {
        assert.ok(name !== undefined && name in given, `${name} is not set for the collector`)
      }
    })
  }

  test('hands traces to Jaeger and to the inspector, at the ports they listen on', () => {
    const inspectorPort = publishedPorts(compose.services.inspector ?? { image: '' })[0]?.container

    assert.equal(collector.exporters['otlp/jaeger']?.endpoint, 'jaeger:4317')
    assert.equal(collector.exporters['otlphttp/inspector']?.endpoint, `http://inspector:${inspectorPort}`)
    assert.ok(compose.services.jaeger)
  })

  test('coralogix.yaml is config.yaml with one more exporter', () => {
    const { coralogix, ...exporters } = withCoralogix.exporters
    const { traces, metrics } = withCoralogix.service.pipelines
    const without = ({ exporters, ...others }: Pipeline) => ({
      ...others,
      exporters: exporters.filter((name) => name !== 'coralogix'),
    })
    const withoutCoralogix = {
      ...withCoralogix,
      exporters,
      service: {
        ...withCoralogix.service,
        pipelines: { traces: without(traces), metrics: without(metrics) },
      },
    }

    assert.ok(coralogix)
    assert.deepEqual(withoutCoralogix, collector)
  })

  test('starts with either file, by a variable', () => {
    const chosen = readComposeFile({ COLLECTOR_CONFIG: 'coralogix.yaml' }).services['otel-collector']

    assert.deepEqual(compose.services['otel-collector']?.command, [
      '--config=/etc/otelcol-contrib/config.yaml',
    ])
    assert.deepEqual(chosen?.command, ['--config=/etc/otelcol-contrib/coralogix.yaml'])
    assert.deepEqual(mounts(chosen), [{ source: './deploy/collector', target: '/etc/otelcol-contrib' }])
  })
})

describe('Grafana', () => {
  test('finds Prometheus and Jaeger where compose runs them', () => {
    for (const { type, url } of dataSources) {
      const { hostname, port } = new URL(url)
      const container = compose.services[hostname]
      assert.ok(container, `no service ${hostname}`)
      assert.equal(hostname, type)
      assert.equal(publishedPorts(container)[0]?.container, port)
    }
    assert.deepEqual(dataSources.map(({ uid }) => uid).sort(), ['jaeger', 'prometheus'])
  })

  test('opens on the dashboard, whose panels ask Prometheus', () => {
    const grafana = compose.services.grafana
    const home = String(grafana?.environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH)
    const folder = mounts(grafana ?? { image: '' }).find(({ target }) => home.startsWith(`${target}/`))
    const provider = readText('deploy/grafana/provisioning/dashboards/dashboards.yaml')

    assert.equal(folder?.source, './deploy/grafana/dashboards')
    assert.equal(home, `${folder.target}/mesh-overview.json`)
    assert.ok(provider.includes(`path: ${folder.target}`))
    for (const { title, datasource, targets } of dashboard.panels) {
      assert.equal(datasource.uid, 'prometheus', title)
      for (const target of targets) assert.equal(target.datasource.uid, 'prometheus', title)
    }
  })

  test('chooses between the services that Prometheus scrapes', () => {
    assert.equal(dashboard.templating.list[0]?.query.query, 'label_values(up{job="dataprime-mesh"}, service)')
  })
})
