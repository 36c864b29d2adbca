/** Exit codes that all commands share; each command's `--help` lists its own. */
export const EXIT = {
  OK: 0,
  FAILURE: 1,
  /** The command line is wrong. */
  USAGE: 2,
  /** The configuration is wrong (`EX_CONFIG` of sysexits.h). */
  CONFIG: 78,
  /** Ended by a second Ctrl-C (128 + SIGINT). */
  KILLED: 130,
} as const

/** A failure that the person can do something about: printed as it is, without a stack. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.FAILURE,
  ) {
    super(message)
    this.name = 'CommandError'
  }
}

/** The command line is wrong. */
export class UsageError extends CommandError {
  constructor(message: string) {
    super(message, EXIT.USAGE)
    this.name = 'UsageError'
  }
}
