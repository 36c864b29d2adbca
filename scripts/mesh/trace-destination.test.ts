import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { freePort } from '../supervisor/testing/free-port'
import { MEMBERS, selectMembers } from './members'
import { loadMeshConfig } from './mesh-config'
import { findTraceDestination } from './trace-destination'

async function destinationFor(
  environment: Record<string, string>,
  members = MEMBERS as readonly (typeof MEMBERS)[number][],
) {
  const port = environment.INSPECTOR_PORT ?? String(await freePort())
  const config = loadMeshConfig({ INSPECTOR_PORT: port, ...environment })
  return { port, ...(await findTraceDestination(config, members)) }
}

test('traces go to an inspector of our own unless told otherwise', async () => {
  const { port, ...destination } = await destinationFor({})

  assert.deepEqual(destination, {
    runsInspector: true,
    inspectorUrl: `http://127.0.0.1:${port}`,
    lines: [`http://127.0.0.1:${port}/traces`],
  })
})

test('something on the port already keeps it, and is said to get the traces', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const occupied = String((server.address() as AddressInfo).port)

  const { runsInspector, inspectorUrl, lines } = await destinationFor({ INSPECTOR_PORT: occupied })

  assert.equal(runsInspector, false)
  assert.equal(inspectorUrl, `http://127.0.0.1:${occupied}`)
  assert.match(lines.join(), /something listens there already \(INSPECTOR_PORT\)/)
})

test('an OTLP endpoint takes the place of the inspector', async () => {
  const { runsInspector, lines } = await destinationFor({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example:4318',
  })

  assert.equal(runsInspector, false)
  assert.match(lines.join(), /^http:\/\/collector\.example:4318 /)
})

test('Coralogix is named beside it when there is a token, and the token is not', async () => {
  const { runsInspector, lines } = await destinationFor({
    CX_TOKEN: 'cxtp_secret',
    CX_DOMAIN: 'us1.coralogix.com',
  })

  assert.equal(runsInspector, true)
  assert.match(lines[1] ?? '', /Coralogix, us1\.coralogix\.com \(CX_TOKEN\)/)
  assert.doesNotMatch(lines.join(), /secret/)
})

test('traces that are off go nowhere, and the variable that turns them off is named', async () => {
  const off = {
    OTEL_SDK_DISABLED: 'true',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_TRACES_SAMPLER: 'always_off',
  }
  for (const [name, value] of Object.entries(off)) {
    const { port, ...destination } = await destinationFor({ [name]: value, CX_TOKEN: 'cxtp_secret' })

    assert.deepEqual(destination, {
      runsInspector: false,
      inspectorUrl: null,
      lines: [`off: ${name} is ${value}`],
    })
  }
})

test('no inspector is run when none is wanted or traces are only printed', async () => {
  const unwanted = await destinationFor({}, selectMembers({ 'no-inspector': true }))
  const printed = await destinationFor({ OTEL_TRACES_EXPORTER: 'console' })

  assert.deepEqual([unwanted.runsInspector, printed.runsInspector], [false, false])
  assert.match(unwanted.lines.join(), /no inspector was wanted/)
  assert.deepEqual(printed.lines, ['OTEL_TRACES_EXPORTER is console'])
})
