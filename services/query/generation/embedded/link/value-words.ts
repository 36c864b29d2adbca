import { stem } from '../stem'

/** Phrasal verbs that log values write as one word: "sign-ins" and "logged in" are `login`. */
const JOINED_WORDS: ReadonlyMap<string, string> = new Map(
  [
    [['sign', 'signs', 'signed', 'signing', 'log', 'logged', 'logging'], ['in', 'ins', 'on', 'ons'], 'login'],
    [['sign', 'signs', 'signed', 'signing'], ['up', 'ups'], 'signup'],
    [['log', 'logged', 'logging', 'sign', 'signed', 'signing'], ['out', 'outs', 'off', 'offs'], 'logout'],
    [['time', 'timed', 'timing', 'times'], ['out', 'outs'], 'timeout'],
    [['check', 'checks', 'checked', 'checking'], ['out', 'outs'], 'checkout'],
    [['charge', 'charged'], ['back', 'backs'], 'chargeback'],
    [['roll', 'rolled', 'rolling'], ['back', 'backs'], 'rollback'],
  ].flatMap(([firsts, seconds, joined]) =>
    (firsts as string[]).flatMap((first) =>
      (seconds as string[]).map((second): [string, string] => [`${first} ${second}`, joined as string]),
    ),
  ),
)

/** Words that values and questions use for the same thing, each group under its first. */
const SAME_WORDS: ReadonlyMap<string, string> = new Map(
  [
    ['fail', 'failed', 'failing', 'failure', 'unsuccessful', 'failures'],
    ['success', 'succeeded', 'successful', 'successfully', 'succeed', 'succeeding'],
    ['create', 'made', 'generated', 'added', 'minted'],
    ['change', 'modified', 'altered', 'edited', 'changed'],
    ['delete', 'removed', 'erased'],
    ['cancel', 'cancellation', 'canceled', 'cancelled'],
    ['signup', 'registration', 'registered', 'registrations'],
    ['login', 'signin', 'logon', 'logins', 'signins'],
    ['logout', 'signout', 'logoff'],
    ['approve', 'approval', 'approved', 'approvals'],
    ['decline', 'declined', 'declination'],
    ['deny', 'denied', 'denial', 'denials'],
    ['prod', 'production'],
    ['dev', 'development'],
    ['timeout', 'timeouts'],
    ['deploy', 'deployment', 'deployed', 'deployments'],
    ['verify', 'verification', 'verified'],
    ['expire', 'expiry', 'expired', 'expiration'],
    ['refuse', 'refused', 'refusal'],
    ['renew', 'renewal', 'renewed'],
    ['complete', 'completion', 'completed'],
  ].flatMap(([first, ...others]) =>
    [first as string, ...others].map((word): [string, string] => [stem(word), stem(first as string)]),
  ),
)

/** What engineers write for the names of errors. */
const ABBREVIATIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['oom', ['out', 'of', 'memory']],
  ['ooms', ['out', 'of', 'memory']],
  ['npe', ['null', 'pointer']],
  ['npes', ['null', 'pointer']],
])

const FAIL = stem('fail')

/** Words as stems in the form under which values are looked up: phrasal verbs joined, same words made one. */
export function valueStems(words: readonly string[]): string[] {
  const stems: string[] = []
  for (let index = 0; index < words.length; index += 1) {
    const spelled = ABBREVIATIONS.get(words[index] as string)
    if (spelled !== undefined) {
      stems.push(...spelled.map(stem))
      continue
    }
    const joined = JOINED_WORDS.get(`${words[index]} ${words[index + 1]}`)
    const base = stem(joined ?? (words[index] as string))
    const known = SAME_WORDS.get(base) ?? base
    stems.push(known)
    if (joined !== undefined) index += 1
    // "failed to log in" is a failed login.
    if (known === FAIL && words[index + 1] === 'to') index += 1
  }
  return stems
}
