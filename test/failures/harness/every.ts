/** Some of the messages, by their number: every `every`th, from `offset` on. Threads are told so. */
export interface Every {
  readonly every: number
  readonly offset?: number
}

export function isAmong({ every, offset = 0 }: Every, index: number): boolean {
  return index % every === offset
}

/** How many of `count` messages these are. */
export function countAmong({ every, offset = 0 }: Every, count: number): number {
  return Math.max(0, Math.ceil((count - offset) / every))
}

const NUMBER_AT_END = /(\d+)$/

/** The number of the message that has this id. */
export function indexOfMessage(id: string): number {
  return Number(NUMBER_AT_END.exec(id)?.[1])
}
