import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { runCommand } from './cli/command'
import { recordingTerminal } from './cli/testing/recording-terminal'
import { createDataprimeCommand } from './dataprime'

const VALID = 'source logs | filter a == 1'
const BROKEN = 'source logs | filter a = 1 and b <> 2'
const MENDED = 'source logs | filter a == 1 && b != 2'
/** Wrong in a way that says nothing of what was meant. */
const HOPELESS = 'source logs | filter ('

async function run(args: readonly string[], input = '') {
  const { terminal, output, warnings } = recordingTerminal()
  const command = createDataprimeCommand(() => Readable.from([Buffer.from(input)], { objectMode: false }))
  const code = await runCommand(command, args, { terminal, environment: {} })
  return { code, output: output(), warnings: warnings() }
}

/** Files in a folder of their own; gives their paths. */
function files(t: TestContext, ...texts: readonly string[]): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'dataprime-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return texts.map((text, index) => {
    const file = path.join(folder, `${index}.txt`)
    writeFileSync(file, text)
    return file
  })
}

function toLines(...records: readonly object[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('')
}

async function runRecords(args: readonly string[], input: string) {
  const { code, output } = await run([...args, '--ndjson'], input)
  return { code, results: output.split('\n').map((line) => JSON.parse(line)) }
}

test('check says of a valid query that it is valid', async () => {
  assert.deepEqual(await run(['check'], `${VALID}\n`), { code: 0, output: 'valid', warnings: '' })
})

test('check shows each mistake with its line and a caret, and counts them', async () => {
  const { code, output } = await run(['check'], 'source logs\n| filter a = 1 && b == "x"')

  assert.equal(code, 1)
  assert.match(output, /^error DP0201: .*\n {2}2 \| \| filter a = 1 && b == "x"\n {4}\| {12}\^/)
  assert.match(output, /\n\nwarning DP0401: /)
  assert.match(output, /\n\n1 error, 1 warning$/)
})

test('check --json is one document with the diagnostics as data and the formatted text', async () => {
  const valid = await run(['check', '--json'], VALID)
  const broken = await run(['check', '--json'], BROKEN)

  assert.deepEqual(JSON.parse(valid.output), {
    valid: true,
    errors: [],
    warnings: [],
    diagnostics: [],
    formatted: 'source logs\n| filter a == 1',
  })
  const { diagnostics, ...rest } = JSON.parse(broken.output)
  assert.deepEqual([valid.code, broken.code], [0, 1])
  assert.deepEqual([rest.valid, rest.formatted, rest.errors.length], [false, null, 3])
  assert.match(rest.errors[0], /^DP0201 1:24-1:25 "=" does not compare; use ==$/)
  const { code, severity, range, line, column } = diagnostics[0]
  assert.deepEqual(
    { code, severity, range, line, column },
    { code: 'DP0201', severity: 'error', range: { start: 23, end: 24 }, line: 1, column: 24 },
  )
  assert.equal(typeof diagnostics[0].message, 'string')
  assert.ok(Array.isArray(diagnostics[0].hints))
})

test('check formats what has no syntax error, though it is not valid, as format does', async () => {
  const input = toLines({ query: 'source logs|filter 5' })

  const checked = await runRecords(['check'], input)
  const formatted = await runRecords(['format'], input)

  assert.equal(checked.results[0].valid, false)
  assert.equal(checked.results[0].formatted, 'source logs\n| filter 5')
  assert.equal(formatted.results[0].formatted, checked.results[0].formatted)
})

test('several files are handled in order, each under its name', async (t) => {
  const [one, other] = files(t, VALID, BROKEN) as [string, string]

  const text = await run(['check', one, other])
  const json = await run(['check', '--json', other, one])

  assert.equal(text.code, 1)
  assert.ok(text.output.startsWith(`==> ${one} <==\nvalid\n==> ${other} <==\nerror DP0201`), text.output)
  assert.equal(json.code, 1)
  assert.deepEqual(
    JSON.parse(json.output).map(({ file, valid }: { file: string; valid: boolean }) => [file, valid]),
    [
      [other, false],
      [one, true],
    ],
  )
})

test('a minus among the files is standard input', async (t) => {
  const [file] = files(t, VALID) as [string]

  const { output, code } = await run(['check', '-', file], BROKEN)

  assert.equal(code, 1)
  assert.match(output, /^==> standard input <==\nerror/)
})

test('format prints one stage a line, and nothing but errors of what does not parse', async () => {
  const valid = await run(['format'], VALID)
  const broken = await run(['format'], HOPELESS)

  assert.deepEqual(valid, { code: 0, output: 'source logs\n| filter a == 1', warnings: '' })
  assert.equal(broken.code, 1)
  assert.equal(broken.output, '')
  assert.match(broken.warnings, /^error DP\d{4}: /)
})

test('format prints what can be read though it is not valid, and says why that is', async () => {
  const { code, output, warnings } = await run(['format'], 'source logs|limit 0.5')

  assert.deepEqual([code, output], [1, 'source logs\n| limit 0.5'])
  assert.match(warnings, /^error DP\d{4}: /)
})

test('repair prints the query, and every change on the other stream', async () => {
  const { code, output, warnings } = await run(['repair'], `${BROKEN}\n`)

  assert.deepEqual([code, output], [0, MENDED])
  const changes = warnings.split('\n')
  assert.equal(changes.length, 3)
  assert.match(changes[0] as string, /^1:24 "=" → "==": ./)
})

test('repair leaves a valid query as it was, whatever its blanks', async () => {
  const odd = '  source   logs|filter a==1 // note\n'

  assert.deepEqual(await run(['repair'], odd), { code: 0, output: odd.slice(0, -1), warnings: '' })
})

test('repair --warnings settles what is doubtful too', async () => {
  const doubtful = 'source logs | filter a == "x"'

  const left = await run(['repair'], doubtful)
  const settled = await run(['repair', '--warnings'], doubtful)

  assert.deepEqual(left, { code: 0, output: doubtful, warnings: '' })
  assert.deepEqual([settled.code, settled.output], [0, "source logs | filter a == 'x'"])
  assert.match(settled.warnings, /^1:27 /)
})

test('repair is exit code 1 for what stays invalid, and says why', async () => {
  const { code, warnings } = await run(['repair'], HOPELESS)

  assert.equal(code, 1)
  assert.match(warnings, /error DP\d{4}: /)
})

test('explain tells each stage in a sentence', async () => {
  const { code, output } = await run(['explain'], 'source logs last 1h | filter a == 1 | limit 5')

  assert.equal(code, 0)
  assert.equal(output.split('\n').length, 3)
  for (const sentence of output.split('\n')) assert.match(sentence, /^[A-Z].*\.$/)
})

test('explain has nothing to say of what is not valid', async () => {
  const text = await run(['explain'], BROKEN)
  const json = await run(['explain', '--json'], BROKEN)

  assert.deepEqual([text.code, text.output], [1, ''])
  assert.match(text.warnings, /error DP0201/)
  assert.equal(JSON.parse(json.output).explanation, null)
})

test('complete lists what may stand at the end, at an offset, or at a line and column', async () => {
  const text = 'source logs\n| fil\n| lim 5\n'
  const atEnd = await run(['complete'], 'source logs | fil\n')
  const atOffset = await run(['complete', '--offset', '17'], text)
  const atPosition = await run(['complete', '--line', '3', '--column', '6'], text)

  assert.deepEqual([atEnd.code, atOffset.code, atPosition.code], [0, 0, 0])
  assert.ok(atEnd.output.split('\n').includes('filter'), atEnd.output)
  assert.ok(atOffset.output.split('\n').includes('filter'), atOffset.output)
  assert.ok(atPosition.output.split('\n').includes('limit'), atPosition.output)
})

test('complete --json tells what each completion replaces', async () => {
  const { output } = await run(['complete', '--json'], 'source logs | fil')
  const { offset, completions } = JSON.parse(output)

  assert.equal(offset, 17)
  const filter = completions.find(({ label }: { label: string }) => label === 'filter')
  assert.deepEqual(filter.range, { start: 14, end: 17 })
})

test('check --ndjson answers each line in order, behind the fields it came with', async () => {
  const input = toLines({ id: 'a', query: VALID }, { query: BROKEN, nested: { deep: [1] } })

  const { code, results } = await runRecords(['check'], input)

  assert.equal(code, 1)
  assert.deepEqual(Object.keys(results[0]), [
    'id',
    'query',
    'valid',
    'errors',
    'warnings',
    'diagnostics',
    'formatted',
  ])
  assert.deepEqual([results[0].id, results[0].valid], ['a', true])
  assert.deepEqual([results[1].nested, results[1].valid, results[1].formatted], [{ deep: [1] }, false, null])
})

test('repair --ndjson gives the query it made and its edits, none where nothing was touched', async () => {
  const input = toLines({ id: 1, query: VALID }, { id: 2, query: BROKEN }, { id: 3, query: HOPELESS })

  const { code, results } = await runRecords(['repair'], input)

  assert.equal(code, 1)
  assert.deepEqual(results[0], { id: 1, query: VALID, valid: true, edits: [] })
  assert.deepEqual([results[1].query, results[1].valid], [MENDED, true])
  assert.deepEqual(results[1].edits[0].range, { start: 23, end: 24 })
  for (const edit of results[1].edits) {
    assert.deepEqual(Object.keys(edit), ['range', 'was', 'now', 'why'])
    assert.equal(edit.was, BROKEN.slice(edit.range.start, edit.range.end))
  }
  assert.equal(results[2].valid, false)
})

test('format, explain and complete answer lines too', async () => {
  const input = toLines({ query: VALID })

  const formatted = await runRecords(['format'], input)
  const explained = await runRecords(['explain'], input)
  const completed = await runRecords(['complete'], toLines({ query: `${VALID} | lim`, offset: 15 }))

  assert.equal(formatted.results[0].formatted, 'source logs\n| filter a == 1')
  assert.equal(formatted.results[0].changed, true)
  assert.equal(explained.results[0].explanation.length, 2)
  assert.equal(completed.results[0].offset, 15)
  assert.equal(completed.results[0].query, `${VALID} | lim`)
})

test('a line without a query is told and the run goes on', async () => {
  const input = `${toLines({ query: VALID })}source logs\n\n${toLines({ id: 9, query: 5 }, { query: VALID })}`

  const { code, results } = await runRecords(['check'], input)

  assert.equal(code, 1)
  assert.equal(results.length, 5)
  assert.deepEqual([results[0].valid, results[4].valid], [true, true])
  assert.deepEqual(Object.keys(results[1]), ['line_number', 'valid', 'error'])
  assert.deepEqual(results[2], { line_number: 3, valid: false, error: 'the line is empty' })
  assert.deepEqual(results[3], {
    id: 9,
    query: 5,
    line_number: 4,
    valid: false,
    error: '"query" is to be a string, found a number',
  })
})

test('a line without a query keeps the place it came with', async () => {
  const { results } = await runRecords(['complete'], toLines({ line: 7, column: 2 }))

  const [result] = results
  assert.deepEqual([result.line, result.column, result.line_number, result.valid], [7, 2, 1, false])
})

test('lines of several files say which file they are of', async (t) => {
  const [one, other] = files(t, toLines({ id: 1, query: VALID }), toLines({ id: 2 })) as [string, string]

  const { output } = await run(['check', '--ndjson', one, other])
  const results = output.split('\n').map((line) => JSON.parse(line))

  assert.deepEqual(
    results.map(({ id, file, line_number: line }) => [id, file, line]),
    [
      [1, one, undefined],
      [2, other, 1],
    ],
  )
})

test('no line is read while the results of those before are not taken', async () => {
  let isTaken = () => {}
  const taken = new Promise<boolean>((resolve) => {
    isTaken = () => resolve(true)
  })
  let asked = 0
  const input = new Readable({
    highWaterMark: 1,
    read() {
      this.push(asked++ < 50 ? toLines({ query: VALID }) : null)
    },
  })
  const { terminal, output } = recordingTerminal()
  const slow = { ...terminal, hasRoom: () => taken }

  const running = runCommand(
    createDataprimeCommand(() => input),
    ['check', '--ndjson'],
    {
      terminal: slow,
      environment: {},
    },
  )
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(asked < 5, `${asked} lines were read`)
  isTaken()

  assert.equal(await running, 0)
  assert.equal(output().split('\n').length, 50)
})

test('a catalogue that is none is told with its file and the place in it', async (t) => {
  const [bad, broken] = files(t, '{"logs":[{"keypath":"$d.a"},{"keypath":"a..b","type":"x"}]}', '{') as [
    string,
    string,
  ]

  const wrong = await run(['check', '--catalogue', bad], VALID)
  const noJson = await run(['check', '--catalogue', broken], VALID)
  const absent = await run(['check', '--catalogue', `${bad}.absent`], VALID)

  assert.deepEqual([wrong.code, noJson.code, absent.code], [2, 2, 2])
  assert.ok(wrong.warnings.startsWith(`${bad}: /logs/0/type: `), wrong.warnings)
  assert.match(noJson.warnings, /1\.txt is no JSON: /)
  assert.match(absent.warnings, /absent cannot be read: ENOENT/)
})

test('a wrong command line and a file that cannot be read are exit code 2, before anything is printed', async (t) => {
  const [file] = files(t, VALID) as [string]
  const table = [
    [[], /expected one of check, format, repair, explain, complete, found none/],
    [['chek'], /not "chek"/],
    [['toString'], /not "toString"/],
    [['check', '--offset', '3'], /--offset is for complete, not for check/],
    [['check', '--warnings'], /--warnings is for repair, not for check/],
    [['complete', '--line', '3'], /--line and --column go together/],
    [['complete', '--offset', '-1'], /^--offset takes a whole number of at least 0, not "-1"$/m],
    [['complete', '--offset', '1', '--line', '1', '--column', '1'], /give one of them/],
    [['check', file, `${file}.absent`], /absent cannot be read: ENOENT/],
    [['check', path.dirname(file)], /cannot be read: it is a folder/],
  ] as const

  for (const [args, message] of table) {
    const { code, output, warnings } = await run(args, VALID)
    assert.deepEqual([code, output], [2, ''], args.join(' '))
    assert.match(warnings, message)
  }
})
