import type { TestContext } from 'node:test'
import type { MessageDriver } from '../../driver'
import type { Topology } from '../../topology'

/**
 * Makes what one test of the contract runs on: a place for messages that no other test uses, with a driver open
 * on it. Registers with `t` whatever is to be undone when the test ends, the closing of the driver included.
 *
 * Every queue that a test uses is in the topology that it asks for. A system that others use too keeps tests
 * apart by itself, by a prefix of its own before the names.
 */
export type DriverHarness = (t: TestContext, setup: HarnessSetup) => Promise<DriverUnderTest>

export interface HarnessSetup {
  readonly topology: Topology
}

export interface DriverUnderTest {
  readonly driver: MessageDriver
  /** Lets time pass, by moving the test's clock or by waiting. What was due on the way has been begun. */
  advance(milliseconds: number): Promise<void>
  /** Milliseconds since some moment in the past, by the clock that the driver keeps to. */
  elapsed(): number
  /** Wall clock of the driver, milliseconds since the epoch. */
  now(): number
  /**
   * Takes from everybody what they hold, as if they had fallen silent: their leases of `LEASE_MS` run out, or
   * their connection is cut. Subscriptions live on.
   */
  loseHolders(): Promise<void>
  /** Closes the driver and opens another on the same messages, which is returned. Only if `durable`. */
  restart(): Promise<MessageDriver>
  /** Sets the wall clock, as an operator does; no time passes. Only with `manualClock`. */
  jump?(milliseconds: number): void
}

/** How long deliveries are held in tests that let a lease run out. */
export const LEASE_MS = 1_000

/**
 * What a driver promises beyond the interface, each with the words that a skipped test is printed with: `x does
 * not promise …`.
 */
export const GUARANTEES = {
  durable: 'to keep messages through a restart',
  ordered: 'order of arrival for one subscriber',
  ordersReturned: 'that what comes back keeps its place in the order',
  manualClock: 'to run on the clock of a test',
  leases: 'leases that end by themselves',
  deduplicates: 'to recognise an id',
  tellsStatus: 'to tell what became of a message',
  tellsExpiry: 'to tell of a message that waited too long',
  showsMessages: 'to show a message without taking it',
  countsHeld: 'to count what is delayed and in flight',
  tellsAge: 'to tell how long the oldest message has waited',
  tellsQueueSize: 'to tell how many wait when one is sent',
  strictPriorities: 'that nothing is delivered while something higher waits',
  renewsTimeToLive: 'that what its holder lost may wait as long as before',
  exactLengthLimit: 'to keep a length limit to the message',
  fansOutAtomically: 'that all bound queues get a message or none',
  pagesDeadLetters: 'to list dead letters from any place on',
} as const

export type Guarantee = keyof typeof GUARANTEES
export type Guarantees = Readonly<Record<Guarantee, boolean>>
