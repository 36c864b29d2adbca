import type { PathwayNodeSnapshot } from '#shared/contracts'
import { RateWindow } from './rate-window'

export type TrafficSnapshot = Pick<
  PathwayNodeSnapshot,
  'messages' | 'bytes' | 'messages_per_s' | 'bytes_per_s'
>

export const NO_TRAFFIC: TrafficSnapshot = { messages: 0, bytes: 0, messages_per_s: 0, bytes_per_s: 0 }

/** Messages and their bytes: all there were, and how many a second over the last minute. */
export class Traffic {
  #messages = 0
  #bytes = 0
  readonly #messageRate: RateWindow
  readonly #byteRate: RateWindow

  constructor(elapsedMs: number) {
    this.#messageRate = new RateWindow(elapsedMs)
    this.#byteRate = new RateWindow(elapsedMs)
  }

  add(bytes: number, elapsedMs: number): void {
    this.#messages++
    this.#bytes += bytes
    this.#messageRate.add(1, elapsedMs)
    this.#byteRate.add(bytes, elapsedMs)
  }

  snapshot(elapsedMs: number): TrafficSnapshot {
    return {
      messages: this.#messages,
      bytes: this.#bytes,
      messages_per_s: round(this.#messageRate.perSecond(elapsedMs)),
      bytes_per_s: round(this.#byteRate.perSecond(elapsedMs)),
    }
  }
}

export function addTraffic(one: TrafficSnapshot, other: TrafficSnapshot): TrafficSnapshot {
  return {
    messages: one.messages + other.messages,
    bytes: one.bytes + other.bytes,
    messages_per_s: round(one.messages_per_s + other.messages_per_s),
    bytes_per_s: round(one.bytes_per_s + other.bytes_per_s),
  }
}

function round(rate: number): number {
  return Math.round(rate * 1_000) / 1_000
}
