/** Targets of a cast that are documented. */
export const CAST_TYPES = ['string', 'number', 'num', 'boolean', 'bool', 'timestamp', 'interval'] as const

/** Targets of a cast that occur in one vendor file or name a type that has no documented cast: accepted with a warning. */
export const DOUBTFUL_CAST_TYPES = ['array', 'object', 'regexp', 'enum'] as const
