import path from 'node:path'
import { currentEnvironment } from '#shared/config'
import type { ChildSpec } from '../child-spec'
import { isHttpReady } from '../http-readiness'

/** A child that runs a few lines of JavaScript; it counts as ready at once. */
export function nodeCommand(source: string, overrides: Partial<ChildSpec> = {}): ChildSpec {
  return {
    name: 'fake',
    command: process.execPath,
    args: ['-e', source],
    cwd: process.cwd(),
    environment: currentEnvironment(),
    isReady: async () => true,
    ...overrides,
  }
}

/** A child that runs the fake service on `port`. */
export function fakeService(port: number, args: readonly string[] = [], overrides: Partial<ChildSpec> = {}) {
  return nodeCommand('', {
    args: [path.join(__dirname, 'fake-service.js'), '--port', String(port), ...args],
    isReady: (signal) => isHttpReady(`http://127.0.0.1:${port}/health/ready`, signal),
    ...overrides,
  })
}
