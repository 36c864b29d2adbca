/** What may stand after `using` in `extract`. */
export interface Extractor {
  readonly name: string
  /** Named arguments, in the order of positional ones. */
  readonly parameters: readonly { readonly name: string; readonly required: boolean }[]
  readonly summary: string
  readonly result: 'object' | 'array'
}

export const EXTRACTORS: readonly Extractor[] = [
  {
    name: 'regexp',
    parameters: [{ name: 'e', required: true }],
    summary: 'One key for each group of a regular expression.',
    result: 'object',
  },
  {
    name: 'multi_regexp',
    parameters: [{ name: 'e', required: true }],
    summary: 'Every match of a regular expression.',
    result: 'array',
  },
  {
    name: 'kv',
    parameters: [
      { name: 'pair_delimiter', required: false },
      { name: 'key_delimiter', required: false },
      { name: 'quote_char', required: false },
    ],
    summary: 'Pairs of keys and values.',
    result: 'object',
  },
  {
    name: 'jsonobject',
    parameters: [{ name: 'max_unescape_count', required: false }],
    summary: 'A JSON object in the text.',
    result: 'object',
  },
  {
    name: 'split',
    parameters: [
      { name: 'delimiter', required: true },
      { name: 'element_datatype', required: false },
    ],
    summary: 'The parts between delimiters.',
    result: 'array',
  },
]

export function extractorNamed(name: string): Extractor | undefined {
  return EXTRACTORS.find((extractor) => extractor.name === name)
}
