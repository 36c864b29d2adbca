import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { packageRoot } from '#shared/config'
import { defineCommand, runAsProgram } from './cli/command'
import { GENERATED_FILES } from './generate/generated-files'

export const generateCommand = defineCommand({
  invocation: 'npm run generate --',
  summary: `Writes the files that are made from code: ${Object.keys(GENERATED_FILES).join(', ')}.`,
  options: {},
  exitCodes: { 0: 'written', 1: 'a file could not be written', 2: 'the command line is wrong' },
  async run({ terminal }) {
    for (const [file, render] of Object.entries(GENERATED_FILES)) {
      writeFileSync(path.join(packageRoot(), file), render())
      terminal.print(`wrote ${file}`)
    }
    return 0
  },
})

if (require.main === module) void runAsProgram(generateCommand)
