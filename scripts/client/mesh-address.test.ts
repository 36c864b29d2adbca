import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { type TestContext, test } from 'node:test'
import { runFolder, writeRunRecord } from '../mesh/run-record'
import { processIdentity } from '../supervisor/process-identity'
import { findMesh } from './mesh-address'

function aRoot(t: TestContext): string {
  const root = mkdtempSync(`${tmpdir()}/mesh-address-`)
  t.after(() => rmSync(root, { recursive: true }))
  return root
}

function aRootWithMesh(t: TestContext): string {
  const root = aRoot(t)
  const identity = processIdentity(process.pid)
  const member = (name: string, port: number) => ({
    name,
    port,
    url: `http://127.0.0.1:${port}`,
    restarts: 0,
    pid: process.pid,
    identity,
  })
  writeRunRecord(runFolder(root), {
    pid: process.pid,
    identity,
    started_at: '2025-03-12T10:20:00.000Z',
    gateway_url: 'http://127.0.0.1:6100',
    inspector_url: 'http://127.0.0.1:6199',
    traces: ['http://127.0.0.1:6199/traces'],
    log: null,
    members: [member('gateway', 6100), member('query', 6101)],
  })
  return root
}

test('without a running mesh the documented addresses hold', (t) => {
  const mesh = findMesh({}, undefined, aRoot(t))

  assert.equal(mesh.gatewayUrl, 'http://127.0.0.1:5000')
  assert.equal(mesh.inspectorUrl, 'http://127.0.0.1:4318')
  assert.equal(mesh.serviceUrls.storage, 'http://127.0.0.1:5005')
})

test('a mesh that runs from this checkout is found at its own ports', (t) => {
  const mesh = findMesh({}, undefined, aRootWithMesh(t))

  assert.equal(mesh.gatewayUrl, 'http://127.0.0.1:6100')
  assert.equal(mesh.inspectorUrl, 'http://127.0.0.1:6199')
  assert.equal(mesh.serviceUrls.query, 'http://127.0.0.1:6101')
})

test('the environment wins over what runs here, and --url over both', (t) => {
  const root = aRootWithMesh(t)
  const environment = { GATEWAY_PORT: '7000' }

  assert.equal(findMesh(environment, undefined, root).gatewayUrl, 'http://127.0.0.1:7000')
  const mesh = findMesh(environment, 'http://gateway.example/', root)
  assert.equal(mesh.gatewayUrl, 'http://gateway.example')
  assert.equal(mesh.inspectorUrl, 'http://127.0.0.1:4318')
})

test('naming the mesh that runs here is still that mesh', (t) => {
  const mesh = findMesh({}, 'http://127.0.0.1:6100', aRootWithMesh(t))

  assert.equal(mesh.inspectorUrl, 'http://127.0.0.1:6199')
})

test('traces that go elsewhere leave no inspector to ask', (t) => {
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

  const mesh = findMesh(environment, undefined, aRoot(t))

  assert.equal(mesh.inspectorUrl, null)
  assert.match(mesh.traces.join(), /^http:\/\/collector:4318/)
})

test('what is no address is refused', (t) => {
  assert.throws(() => findMesh({}, 'localhost:5000', aRoot(t)), /--url takes an address such as/)
})
