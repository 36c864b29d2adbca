import { build, type Keypath } from '#dataprime'

const NAMESPACE_NAMES: Readonly<Record<string, Keypath['namespace']>> = {
  $d: '$d',
  $data: '$d',
  $m: '$m',
  $metadata: '$m',
  $l: '$l',
  $labels: '$l',
}

/**
 * Reads a catalogue's keypath text (`$d.tags['http.route']`, `kubernetes.pod_name`) into a tree node.
 * Without a namespace it means user data and gets `$d`. Returns null for text that is no keypath.
 *
 * A name after a dot may hold anything but dots and brackets: catalogues are made from records, whose keys
 * may hold hyphens or slashes, and the printer brackets what the language cannot write bare.
 */
export function readKeypathText(text: string): Keypath | null {
  const names = splitNames(text.trim())
  if (names === null || names.length === 0) return null
  const first = names[0] as string
  if (!first.startsWith('$')) return build.keypath('$d', ...names)
  const namespace = NAMESPACE_NAMES[first]
  if (namespace === undefined || names.length === 1) return null
  return build.keypath(namespace, ...names.slice(1))
}

/** The names of a keypath text, outermost first; null when a bracket or quote is not closed or a name is empty. */
function splitNames(text: string): string[] | null {
  const names: string[] = []
  let position = 0
  while (position < text.length) {
    const step = text[position] === '[' ? readBracket(text, position) : readDotted(text, position)
    if (step === null) return null
    names.push(step.name)
    position = step.end
    if (text[position] === '.') {
      position += 1
      if (position === text.length) return null
    }
  }
  return names
}

function readDotted(text: string, start: number) {
  let end = start
  while (end < text.length && text[end] !== '.' && text[end] !== '[') end += 1
  return end === start ? null : { name: text.slice(start, end), end }
}

function readBracket(text: string, start: number) {
  const quote = text[start + 1]
  if (quote !== "'" && quote !== '"') return null
  const close = text.indexOf(quote, start + 2)
  if (close <= start + 2 || text[close + 1] !== ']') return null
  return { name: text.slice(start + 2, close), end: close + 2 }
}
