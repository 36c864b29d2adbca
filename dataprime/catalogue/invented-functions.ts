/** The form of a case whose conditions and values are the arguments of a call. */
export const CASE_FORM = 'case { condition -> value, _ -> default }'

/**
 * Names of functions that people and models invent, or bring along from other languages, with the form that
 * does what they mean. A form is written over the arguments of the call: `$1` is the first one, `$1!` the
 * same where only what binds as tightly as a call may stand, `$*` all of them. A form without any argument in
 * it is only for the hint.
 */
const FORMS: readonly (readonly [form: string, ...names: readonly string[]])[] = [
  ['firstNonNull($*)', 'coalesce', 'nvl', 'ifnull', 'if_null', 'first_non_null'],
  ['if($*)', 'iff', 'iif'],
  [CASE_FORM, 'case', 'multi_if'],
  ['if($1! == $2!, null, $1)', 'nullif'],
  ['count_if($*)', 'countif'],
  [
    'distinct_count($1)',
    'count_distinct',
    'countdistinct',
    'dcount',
    'dc',
    'uniq',
    'nunique',
    'cardinality_count',
  ],
  ['approx_count_distinct($*)', 'approx_distinct', 'hll'],
  ['collect($1)', 'array_agg', 'make_list', 'collect_list', 'list_agg', 'group_array', 'values'],
  ['collect($1, distinct = true)', 'make_set', 'collect_set'],
  ['percentile($*)', 'quantile', 'approx_percentile', 'percentile_approx'],
  ['distinct_count_if($2, $1)', 'dcountif'],
  ['avg($1)', 'mean', 'average'],
  ['stddev($1)', 'stdev', 'std'],
  ['variance($1)', 'var'],
  ['any_value($1)', 'any', 'take_any', 'arbitrary'],
  ['max_by($m.timestamp, $1)', 'last', 'latest', 'last_value'],
  ['min_by($m.timestamp, $1)', 'first', 'earliest', 'first_value'],
  ...[50, 75, 90, 95, 99].map((percent) => [`percentile(${percent / 100}, $1)`, `p${percent}`] as const),
  ['percentile(0.999, $1)', 'p999'],
  ['$1!:string', 'tostring', 'to_string', 'str', 'as_string'],
  [
    '$1!:number',
    'toint',
    'int',
    'to_int',
    'to_number',
    'todouble',
    'tolong',
    'tofloat',
    'float',
    'as_number',
  ],
  ['$1!:boolean', 'tobool', 'to_bool', 'to_boolean'],
  ['$1!:timestamp', 'todatetime', 'to_timestamp', 'to_datetime'],
  ['toUpperCase($1)', 'upper', 'uppercase', 'toupper', 'to_upper', 'ucase'],
  ['toLowerCase($1)', 'lower', 'lowercase', 'tolower', 'to_lower', 'lcase'],
  ['length($1)', 'strlen', 'len', 'str_length', 'char_length'],
  ['arrayLength($1)', 'size', 'array_size', 'array_len'],
  ['power($*)', 'pow'],
  ['concat($*)', 'strcat'],
  ['contains($1, $2)', 'includes', 'str_contains'],
  ['trim($1)', 'strip'],
  ['formatTimestamp($*)', 'date_format', 'format_date', 'strftime', 'format_datetime'],
  [
    'matches($*)',
    'regex_match',
    'regexp_match',
    'regexp_like',
    'regex',
    're_match',
    'regexp_contains',
    'rlike',
  ],
  ['arraySplit($1, $2)', 'split', 'string_split'],
  ['arrayJoin($1, $2)', 'join', 'string_join', 'array_to_string'],
  ['$1! != null', 'exists', 'isnotnull', 'is_not_null', 'notnull', 'isdefined', 'is_defined'],
  ['$1! == null', 'isnull', 'is_null', 'missing'],
  ['!$1!', 'not'],
  ['now() - $1!', 'ago'],
  ['now()', 'current_timestamp', 'getdate', 'current_time'],
  ['roundTime($1, $2)', 'bin', 'bucket', 'time_bucket', 'date_bin', 'truncate_time'],
  ['floor($1)', 'truncate', 'trunc', 'date_trunc'],
  ['ceil($1)', 'ceiling'],
  ['log(10, $1)', 'log10'],
  ['random()', 'rand'],
  ['max($*)', 'greatest'],
  ['min($*)', 'least'],
  ['padLeft($*)', 'lpad'],
  ['padRight($*)', 'rpad'],
  ['stddev($1)', 'stddev_pop'],
  ['sample_stddev($1)', 'stddev_samp'],
  ["extractTime($1, 'hour')", 'hour', 'hour_of_day'],
  ["extractTime($1, 'minute')", 'minute'],
  ["extractTime($1, 'day_of_week')", 'day_of_week', 'dayofweek', 'weekday'],
  ["extractTime($1, 'month')", 'month'],
  ["extractTime($1, 'year')", 'year'],
  ['the command replace keypath with expression', 'replace'],
  ["contains(string, '…'), startsWith or endsWith", 'like'],
]

/** Every invented name with its form. */
export const INVENTED_FUNCTIONS: ReadonlyMap<string, string> = new Map(
  FORMS.flatMap(([form, ...names]) => names.map((name) => [name, form] as const)),
)

const NORMALISED: ReadonlyMap<string, string> = new Map(
  [...INVENTED_FUNCTIONS].map(([name, form]) => [normaliseName(name), form]),
)

/** The form for a name that is none of a function, in any of the habits of writing names. */
export function formOf(name: string): string | undefined {
  return NORMALISED.get(normaliseName(name))
}

/** `time_bucket`, `timeBucket` and `TIMEBUCKET` are one name. */
export function normaliseName(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}

/** A form as it is shown to people, with words in the place of its arguments. */
export function describeForm(form: string): string {
  return form.replace('$*', 'a, b').replaceAll(/\$1!?/g, 'value').replaceAll('$2', 'other')
}

/** All invented names, those that mean the same together, with what to write instead as people read it. */
export function listInventedFunctions(): readonly {
  readonly names: readonly string[]
  readonly instead: string
}[] {
  return FORMS.map(([form, ...names]) => ({ names, instead: describeForm(form) }))
}
