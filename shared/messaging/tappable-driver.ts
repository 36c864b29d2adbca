import type { DeadLetter, MessageDriver } from './driver'
import type { Binding } from './topology'

/**
 * A driver of a broker that others work with, too, and that outlives all of them. Its messages are given up by other
 * processes and by the broker itself: what it tells of them is a copy (a wire tap), the dead letters themselves stay
 * where they are. And it keeps every binding until somebody takes it away.
 */
export interface TappableDriver extends MessageDriver {
  /**
   * Tells `note` of every dead letter from now on, at least once, whoever gave it up; those included that were given
   * up while nobody was tapping, as far as the broker has kept count of them. Several processes that tap share what
   * there is to be told. It ends with the driver. MUST NOT hold up anything when `note` takes long, and MUST go on
   * after a failure of its own.
   *
   * @param note does not reject; what it is told is forgotten when it resolves
   */
  tapDeadLetters(note: NoteDeadLetter): Promise<DeadLetterTap>

  /**
   * Takes bindings away, now and with every new connection: a process that still has them by its configuration may have
   * made them again. Those that there are not are no error. MUST NOT reject: a broker that does not let us is told to
   * the log.
   */
  unbind(bindings: readonly Binding[]): Promise<void>
}

/** `queue` is the work queue that the message was given up in. */
export type NoteDeadLetter = (queue: string, deadLetter: DeadLetter) => Promise<void>

export interface DeadLetterTap {
  /**
   * Resolves when all that was given up before this call has been noted, so that what is done to dead letters next
   * does not come before the news of them. A broker that cannot tell is not waited for.
   */
  caughtUp(): Promise<void>
}

export function isTappable(driver: MessageDriver): driver is TappableDriver {
  return 'tapDeadLetters' in driver
}
