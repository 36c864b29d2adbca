import type { TestContext } from 'node:test'
import { brokerSpace, whyNoBroker } from '../../support/broker'

type Variables = Readonly<Record<string, string>>

/** A driver that scenarios run on. */
export interface QueueKind {
  /** As `messaging.system.name` calls it. */
  readonly name: 'sqlite' | 'rabbitmq'
  /** Why tests on it cannot run, to skip them with; false when they can. */
  readonly skip: string | false
  /** The variables of a mesh that uses it, with queues of its own that are gone after the test. */
  open(test: TestContext, variables: Variables): Variables
}

export const SQLITE: QueueKind = { name: 'sqlite', skip: false, open: (_test, variables) => variables }

export const RABBITMQ: QueueKind = rabbitmqAt(undefined, whyNoBroker())

export const QUEUES: readonly QueueKind[] = [SQLITE, RABBITMQ]

/** @param url of the broker; the one that all tests share when there is none */
export function rabbitmqAt(url: string | undefined, skip: string | false = false): QueueKind {
  return {
    name: 'rabbitmq',
    skip,
    open(test, variables) {
      const space = brokerSpace(variables, url)
      test.after(space.clear)
      return space.env
    },
  }
}
