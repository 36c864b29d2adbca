import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The folder of `package.json`, whether this runs from `dist/` or from a copy of it. */
export function packageRoot(): string {
  let folder = __dirname
  while (!existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder)
    if (parent === folder) throw new Error(`no package.json above ${__dirname}`)
    folder = parent
  }
  return folder
}

/** The version in `package.json`, the one place it is written down. */
export function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(path.join(packageRoot(), 'package.json'), 'utf8'),
  )
  return manifest.version
}
