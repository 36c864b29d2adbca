/**
 * Random queries that are valid, each with the texts that people and models write for it. A query is put
 * together from fragments; a fragment has its right text and, for some slips, a text that means the same and
 * is wrong. What repair makes of the wrong text has to have the tree of the right one.
 */
import fc from 'fast-check'

/** A piece of a query: its right text and the wrong texts for it, by the name of the slip. */
export interface Fragment {
  readonly right: string
  readonly slips: Readonly<Record<string, string>>
}

/** A query with one wrong text for it. */
export interface Slip {
  readonly name: string
  readonly right: string
  readonly wrong: string
}

const plain = (right: string): Fragment => ({ right, slips: {} })
const slip = (right: string, slips: Fragment['slips']): Fragment => ({ right, slips })

/** Fragments put into a text: `${}` in a template. A slip of one part shows in the whole, the other parts being right. */
function write(texts: TemplateStringsArray, ...parts: readonly (Fragment | string)[]): Fragment {
  const fragments = parts.map((part) => (typeof part === 'string' ? plain(part) : part))
  const join = (show: (fragment: Fragment) => string) =>
    texts.reduce((text, piece, index) => text + show(fragments[index - 1] as Fragment) + piece)
  const names = new Set(fragments.flatMap(({ slips }) => Object.keys(slips)))
  const slips: Record<string, string> = {}
  for (const name of names) slips[name] = join((fragment) => fragment.slips[name] ?? fragment.right)
  return { right: join(({ right }) => right), slips }
}

/** The fragment with more slips of its own. */
function also(fragment: Fragment, slips: Fragment['slips']): Fragment {
  return { ...fragment, slips: { ...fragment.slips, ...slips } }
}

// ---------------------------------------------------------------------------------------------------------
// Values

const fields = fc.constantFrom('$d.status', '$d.user.name', 'message', "$d.tags['http.route']", '$d.a.b_c')
const numbers = fc.constantFrom('1', '404', '2.5', '-3')
const intervals = fc.constantFrom(
  slip('5m', { 'an interval in words': '5 minutes', 'an interval with a long unit': '5min' }),
  slip('1h', { 'an interval in words': '1 hour', 'an interval with a long unit': '1hr' }),
  slip('1h30m', { 'an interval with a long unit': '1.5hours', 'units out of order': '30m1h' }),
  slip('7d', { 'an interval in words': '1 week', 'an interval with a long unit': '7days' }),
)

const strings: fc.Arbitrary<Fragment> = fc.constantFrom(
  slip("'error'", { 'typographic quotes': '“error”' }),
  slip("'two words'", { 'typographic quotes': '‘two words’' }),
  slip("'it\\'s'", { 'doubled quotes': "'it''s'" }),
)

const literals: fc.Arbitrary<Fragment> = fc.oneof(strings, numbers.map(plain))

const severities = fc.constantFrom(
  ['WARNING', 'warn'] as const,
  ['ERROR', 'ERR'] as const,
  ['CRITICAL', 'FATAL'] as const,
)

// ---------------------------------------------------------------------------------------------------------
// Conditions

const comparisons: fc.Arbitrary<Fragment> = fc.oneof(
  fc.tuple(fields, literals).map(([field, value]) =>
    also(write`${field} == ${value}`, {
      'a single equals sign': `${field} = ${value.right}`,
      'three equals signs': `${field} === ${value.right}`,
      'a colon that compares': `${field}:${value.right}`,
    }),
  ),
  fc
    .tuple(fields, literals)
    .map(([field, value]) =>
      also(write`${field} != ${value}`, { 'angle brackets': `${field} <> ${value.right}` }),
    ),
  fc.tuple(fields, literals, literals).map(([field, a, b]) =>
    also(write`${field}.in(${a}, ${b})`, {
      'infix in': `${field} in (${a.right}, ${b.right})`,
      'infix in with brackets': `${field} IN [${a.right}, ${b.right}]`,
    }),
  ),
  fc.tuple(fields, literals, literals).map(([field, a, b]) =>
    also(write`!${field}.in(${a}, ${b})`, {
      'infix not in': `${field} not in (${a.right}, ${b.right})`,
      'infix !in': `${field} !in (${a.right}, ${b.right})`,
    }),
  ),
  fc.tuple(fields, fc.constantFrom('err', 'a.b')).map(([field, text]) =>
    slip(`${field}.contains('${text}')`, {
      'infix contains': `${field} contains '${text}'`,
      'infix like': `${field} LIKE '%${text}%'`,
      'double quotes': `${field} contains "${text}"`,
    }),
  ),
  fields.map((field) =>
    slip(`${field}.startsWith('x')`, {
      'infix like': `${field} like 'x%'`,
      'infix startswith': `${field} startswith 'x'`,
      'another habit of names': `${field}.starts_with('x')`,
    }),
  ),
  fields.map((field) =>
    slip(`${field} == null`, { 'is null': `${field} is null`, 'a function for null': `isnull(${field})` }),
  ),
  fields.map((field) =>
    slip(`${field} != null`, {
      'is null': `${field} IS NOT NULL`,
      'a function for null': `exists(${field})`,
      'postfix exists': `${field} exists`,
    }),
  ),
  fields.map((field) => slip(`!(${field} ~ 'x')`, { 'matching signs': `${field} !~ 'x'` })),
  fields.map((field) => slip(`${field}.matches(/a|b/)`, { 'matching signs': `${field} =~ /a|b/` })),
  fields.map((field) => slip(`!${field}.matches(/a|b/)`, { 'matching signs': `${field} !~ /a|b/` })),
  fc.tuple(fields, numbers, numbers).map(([field, low, high]) =>
    slip(`${field} >= ${low} && ${field} <= ${high}`, {
      'infix between': `${field} between ${low} and ${high}`,
      'signs of books': `${field} ≥ ${low} && ${field} ≤ ${high}`,
    }),
  ),
  severities.map(([severity, abbreviation]) =>
    slip(`$m.severity >= ${severity} && $d.ok == true`, {
      'a quoted severity': `$m.severity >= '${severity.toLowerCase()}' and $d.ok == true`,
      'an abbreviated severity': `$m.severity >= ${abbreviation} and $d.ok == true`,
    }),
  ),
  intervals.map((interval) =>
    also(write`$m.timestamp > now() - ${interval}`, {
      'a function for the past': `$m.timestamp > ago(${interval.right})`,
      'a function for the past, in quotes': `$m.timestamp > ago('${interval.right}')`,
    }),
  ),
)

const conditions: fc.Arbitrary<Fragment> = fc.oneof(
  { weight: 3, arbitrary: comparisons },
  fc.tuple(comparisons, comparisons).map(([a, b]) =>
    also(write`(${a}) && (${b})`, {
      'words for operators': `(${a.right}) AND (${b.right})`,
      'a single ampersand': `(${a.right}) & (${b.right})`,
      'a comma between conditions': `(${a.right}), (${b.right})`,
    }),
  ),
  fc
    .tuple(comparisons, comparisons)
    .map(([a, b]) =>
      also(write`(${a}) || (${b})`, { 'words for operators': `(${a.right}) or (${b.right})` }),
    ),
  comparisons.map((a) => also(write`!(${a})`, { 'words for operators': `not (${a.right})` })),
)

// ---------------------------------------------------------------------------------------------------------
// Expressions

const values: fc.Arbitrary<Fragment> = fc.oneof(
  fc.tuple(comparisons, literals, literals).map(([condition, a, b]) =>
    also(write`if(${condition}, ${a}, ${b})`, {
      'the conditional operator': `${condition.right} ? ${a.right} : ${b.right}`,
      'another name of a function': `iff(${condition.right}, ${a.right}, ${b.right})`,
    }),
  ),
  fc.tuple(comparisons, literals, literals).map(([condition, a, b]) =>
    also(write`case { ${condition} -> ${a}, _ -> ${b} }`, {
      'case when': `case when ${condition.right} then ${a.right} else ${b.right} end`,
      'another arrow': `case { ${condition.right} => ${a.right}, _ => ${b.right} }`,
      'a word for the default arm': `case { ${condition.right} -> ${a.right}, else -> ${b.right} }`,
    }),
  ),
  fc.tuple(fields, literals).map(([field, value]) =>
    also(write`firstNonNull(${field}, ${value})`, {
      'the null operator': `${field} ?? ${value.right}`,
      'another name of a function': `coalesce(${field}, ${value.right})`,
    }),
  ),
  fc.tuple(strings, fields).map(([text, field]) =>
    also(write`concat(${text}, ${field}, '!')`, {
      'strings added': `${text.right} + ${field} + '!'`,
    }),
  ),
  fields.map((field) =>
    slip(`${field}:string.trim()`, {
      'a function for a cast': `tostring(${field}).trim()`,
      'two colons': `${field}::string.trim()`,
      'cast as': `cast(${field} as string).trim()`,
      'another name of a type': `${field}:varchar.trim()`,
    }),
  ),
  fields.map((field) =>
    slip(`toUpperCase(${field})`, {
      'another name of a function': `upper(${field})`,
      'another habit of names': `to_upper_case(${field})`,
    }),
  ),
  fields.map((field) => slip(`length(${field})`, { 'another name of a function': `strlen(${field})` })),
  fc.tuple(intervals).map(([interval]) =>
    also(write`roundTime($m.timestamp, ${interval})`, {
      'a function for time buckets': `bin($m.timestamp, ${interval.right})`,
      'a function for time buckets, interval first': `time_bucket('${interval.right}', $m.timestamp)`,
    }),
  ),
  fc.constant(slip('$d.items[0]', { 'an index behind a dot': '$d.items.0' })),
  fc.constant(slip("@'2025-03-01' - 1h", { 'a date without quotes': '@2025-03-01 - 1h' })),
)

const aggregates: fc.Arbitrary<Fragment> = fc.oneof(
  fc.constant(slip('count()', { 'the star of SQL': 'count(*)', 'a function in capitals': 'COUNT()' })),
  fields.map((field) =>
    slip(`distinct_count(${field})`, {
      'count distinct': `count(distinct ${field})`,
      'another name of a function': `count_distinct(${field})`,
    }),
  ),
  comparisons.map((condition) =>
    also(write`count_if(${condition})`, { 'another name of a function': `countif(${condition.right})` }),
  ),
  fc.tuple(fields, fc.constantFrom(50, 95, 99)).map(([field, percent]) =>
    slip(`percentile(${percent / 100}, ${field})`, {
      'the share behind': `percentile(${field}, ${percent})`,
      'a share in percent': `percentile(${percent}, ${field})`,
      'another name of a function': `p${percent}(${field})`,
    }),
  ),
  fields.map((field) => slip(`avg(${field})`, { 'another name of a function': `mean(${field})` })),
)

// ---------------------------------------------------------------------------------------------------------
// Stages

/** Lists, and words around them. */
const listSlips: fc.Arbitrary<Fragment> = fc.oneof(
  fields.map((field) => slip(`top 5 ${field} by count()`, { 'top without by': `top 5 ${field}` })),
  fc
    .constantFrom('$d.latency', '$d.bytes_total', 'responseTime')
    .map((field) => slip(`top 5 ${field} by ${field}`, { 'top without by': `top 5 ${field}` })),
  fields.map((field) =>
    slip(`groupby ${field} as key, $d.host aggregate count() as n`, {
      'keys in parentheses': `groupby (${field} as key, $d.host) aggregate(count() as n)`,
      'by after groupby': `groupby by ${field} as key, $d.host aggregate count() as n`,
    }),
  ),
  fields.map((field) =>
    slip(`choose ${field} == 1 as kept, message`, {
      'a single equals sign': `choose ${field} = 1 as kept, message`,
    }),
  ),
  fc.constant(
    slip('choose host, status, $m.timestamp', {
      'fields without commas': 'table host status $m.timestamp',
      'braces around fields': 'select {host, status, $m.timestamp}',
    }),
  ),
  fc.constant(
    slip('join left (source users) on id == user into u', {
      'the kind before join': 'left join (source users) on id == user into u',
      'a dataset without parentheses': 'join left users on id == user into u',
    }),
  ),
)

const stages: fc.Arbitrary<Fragment> = fc.oneof(
  conditions.map((condition) =>
    also(write`filter ${condition}`, {
      'a misspelt command': `fitler ${condition.right}`,
      'the command of another language': `having ${condition.right}`,
    }),
  ),
  values.map((value) =>
    also(write`create fresh from ${value}`, {
      'an equals sign that assigns': `create fresh = ${value.right}`,
      'the command of another language': `extend fresh = ${value.right}`,
      'a name in quotes': `create 'fresh' from ${value.right}`,
    }),
  ),
  fc.tuple(values, values).map(([a, b]) =>
    also(write`create one from ${a} | create two from ${b}`, {
      'several fields at once': `create one from ${a.right}, two from ${b.right}`,
      'the command of another language': `eval one = ${a.right}, two = ${b.right}`,
    }),
  ),
  fc.tuple(fields, aggregates, aggregates).map(([key, a, b]) =>
    also(
      write`groupby ${key} as key aggregate ${a} as first, ${b} as second | orderby first desc | limit 5`,
      {
        'stats by': `stats ${a.right} as first, ${b.right} as second by ${key} as key | sort -first | head 5`,
        'keys behind the aggregates': `aggregate ${a.right} as first, ${b.right} as second by ${key} as key | orderby first desc | limit 5`,
        'names before the aggregates': `summarize first = ${a.right}, second = ${b.right} by ${key} as key | sort by first desc | take 5`,
        'aggregates among the keys': `groupby ${key} as key, ${a.right} as first, ${b.right} as second | orderby first desc | limit 5`,
        'a pipe within a grouping': `groupby ${key} as key | aggregate ${a.right} as first, ${b.right} as second | sort first desc | limit 5`,
        'directions in words': `groupby ${key} as key aggregate ${a.right} as first, ${b.right} as second | order by first descending | limit 5`,
        'an aggregate behind its grouping': `groupby ${key} as key aggregate ${a.right} as first, ${b.right} as second | orderby ${a.right} desc | limit 5`,
      },
    ),
  ),
  fields.map((field) =>
    slip(`choose ${field} as kept, $m.timestamp`, {
      'the command of another language': `project kept = ${field}, $m.timestamp`,
    }),
  ),
  fields.map((field) =>
    slip(`move ${field} to moved`, { 'the command of another language': `rename ${field} as moved` }),
  ),
  fields.map((field) =>
    slip(`remove ${field}, $d.raw`, { 'the command of another language': `drop ${field}, $d.raw` }),
  ),
  fields.map((field) =>
    slip(`explode ${field} into item original preserve`, {
      'as for into': `explode ${field} as item original preserve`,
      'the command of another language': `mvexpand ${field} as item`,
    }),
  ),
  listSlips,
  fields.map((field) => slip(`countby ${field}`, { 'count by in two words': `count by ${field}` })),
  fc.constant(
    slip('count into total', { 'count as': 'count as total', 'count with parentheses': 'count() as total' }),
  ),
  fc.constant(slip("wildfind 'refused'", { 'the command of another language': "search 'refused'" })),
  fc.constant(slip('convert retries:number', { 'to for a colon': 'convert retries to number' })),
)

const ranges: fc.Arbitrary<Fragment> = intervals.map((interval) =>
  also(write` last ${interval}`, {
    'a time range without its word': ` ${interval.right}`,
    'a preposition before the time range': ` for the last ${interval.right}`,
    'an interval in quotes': ` last '${interval.right}'`,
  }),
)

const queries: fc.Arbitrary<Fragment> = fc
  .tuple(fc.option(ranges, { nil: null }), fc.array(stages, { minLength: 1, maxLength: 3 }))
  .map(([range, list]) => {
    const body = list.reduce((text, stage) => write`${text} | ${stage}`)
    const whole = range === null ? write`source logs | ${body}` : write`source logs${range} | ${body}`
    const stageTexts = [`source logs${range?.right ?? ''}`, ...list.map(({ right }) => right)]
    return also(whole, {
      'a source without its word': whole.right.replace('source ', ''),
      'a pipe too many at the end': `${whole.right} |`,
      'a pipe too many between': stageTexts.join(' | | '),
      'two pipes': stageTexts.join(' || '),
      'lines without pipes': stageTexts.join('\n'),
      'a semicolon': `${whole.right};`,
      'a Markdown fence': `\`\`\`dataprime\n${stageTexts.join('\n| ')}\n\`\`\``,
      'a fence and prose': `Here is the query:\n\n\`\`\`\n${whole.right}\n\`\`\`\nIt reads the logs.`,
      'prose before': `Here is the query you asked for:\n${whole.right}`,
      'prose behind': `${whole.right}\n\nThis query reads the logs and keeps some of them.`,
      ...(range !== null && { 'a time range as a stage': `source logs | ${body.right} |${range.right}` }),
      ...(range !== null && {
        'a time range as the second stage': `source logs |${range.right} | ${body.right}`,
      }),
    })
  })

/** One of the wrong texts for a fragment, each slip that fits it as likely as any other. */
function withSlip(fragments: fc.Arbitrary<Fragment>): fc.Arbitrary<Slip> {
  return fragments
    .filter(({ slips }) => Object.keys(slips).length > 0)
    .chain(({ right, slips }) =>
      fc.constantFrom(...Object.entries(slips)).map(([name, wrong]) => ({ name, right, wrong })),
    )
}

/** A valid query and a wrong text for it. */
export const arbitrarySlip: fc.Arbitrary<Slip> = withSlip(queries)

/** One or more stages, without a source, and a wrong text for them. */
export const arbitraryStageSlip: fc.Arbitrary<Slip> = withSlip(stages)
