/** Exit codes of a service; the supervisor does not restart after `CONFIG`. */
export const EXIT = {
  OK: 0,
  FAILURE: 1,
  /** sysexits.h EX_CONFIG: starting again cannot help before somebody changes the configuration. */
  CONFIG: 78,
} as const
