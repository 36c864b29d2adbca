import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { packageRoot } from '#shared/config'
import { freePorts } from '../support/free-ports'
import { readComposeFile, readText } from './compose-file'

const dockerfile = readText('Dockerfile')

describe('the image', () => {
  test('has the Node that the package brings to machines without it', () => {
    const manifest: { devDependencies: { node: string } } = JSON.parse(readText('package.json'))

    assert.equal(/^ARG NODE_VERSION=(.+)$/m.exec(dockerfile)?.[1], manifest.devDependencies.node)
    for (const [, image] of dockerfile.matchAll(/^FROM (\S+)/gm)) {
      assert.equal(image, ['node:$', '{NODE_VERSION}-bookworm-slim'].join(''))
    }
  })

  test('is the gateway unless a command says otherwise', () => {
    const gateway = readComposeFile().services.gateway
    const command = JSON.parse(/^CMD (\[.+\])$/m.exec(dockerfile)?.[1] ?? '[]')
    const check = JSON.parse(/^HEALTHCHECK[^\n]+\n\s+CMD (\[.+\])$/m.exec(dockerfile)?.[1] ?? '[]')

    assert.match(dockerfile, /^ENTRYPOINT \["node"\]$/m)
    assert.deepEqual(command, gateway?.command)
    assert.deepEqual(['CMD', ...check], gateway?.healthcheck?.test)
  })

  test('does not run as root', () => {
    assert.match(dockerfile.slice(dockerfile.indexOf(' AS runtime')), /^USER 1000:1000$/m)
  })

  test('is built from every folder that holds more than tests and scripts', () => {
    const { include }: { include: string[] } = JSON.parse(readText('tsconfig.json'))
    const letThrough = readText('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const folders = include.filter((folder) => folder !== 'scripts' && folder !== 'test')

    assert.ok(folders.length > 0)
    for (const folder of folders) assert.ok(letThrough.includes(folder), `.dockerignore leaves ${folder} out`)
  })

  test('is built from nothing that it does not name, a .env above all', () => {
    const rules = readText('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))

    assert.equal(rules[0], '*')
  })
})

describe('the health check of a container', () => {
  test('succeeds on a 200', async () => {
    const { code, stderr } = await checkHealth(await answering(200))

    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  })

  test('fails on a 503 and says so', async () => {
    const { code, stderr } = await checkHealth(await answering(503))

    assert.equal(code, 1)
    assert.match(stderr, /answered 503: \{"status":"unhealthy"\}/)
  })

  test('fails when nothing listens and says so', async () => {
    const [port] = await freePorts(1)
    const { code, stderr } = await checkHealth({ url: `http://127.0.0.1:${port}`, close: () => undefined })

    assert.equal(code, 1)
    assert.match(stderr, /ECONNREFUSED/)
  })
})

interface Answering {
  readonly url: string
  close(): void
}

async function answering(status: number): Promise<Answering> {
  const server = createServer((_request, response) => {
    response.writeHead(status).end(JSON.stringify({ status: status === 200 ? 'healthy' : 'unhealthy' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/health/ready`,
    close: () => server.close(),
  }
}

async function checkHealth({ url, close }: Answering): Promise<{ code: number; stderr: string }> {
  const script = path.join(packageRoot(), 'deploy/docker/check-health.js')
  const child = spawn(process.execPath, [script, url], { stdio: ['ignore', 'ignore', 'pipe'] })
  const [[code], stderr] = await Promise.all([once(child, 'exit'), text(child.stderr)])
  close()
  return { code, stderr }
}
