import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { packageRoot } from '#shared/config'
import { GENERATED_FILES } from './generate/generated-files'

/** `npm run generate`: writes the files that are made from code. */
for (const [file, render] of Object.entries(GENERATED_FILES)) {
  writeFileSync(path.join(packageRoot(), file), render())
  console.log(`wrote ${file}`)
}
