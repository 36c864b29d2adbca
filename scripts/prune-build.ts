import { existsSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { packageRoot } from '#shared/config'

/**
 * Removes from `dist/` what was compiled from a source that is gone, which `tsc` leaves there: a deleted test
 * would otherwise run for ever. Part of `npm run build`.
 *
 * @returns the files it removed, from the root
 */
export function pruneBuild(root: string): string[] {
  const dist = path.join(root, 'dist')
  const orphans = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js') || file.endsWith('.js.map'))
    .filter((file) => !existsSync(path.join(root, file.replace(/\.js(\.map)?$/, '.ts'))))
    // Plain JavaScript that a build step copied has a source of its own name.
    .filter((file) => !existsSync(path.join(root, file)))
  for (const file of orphans) rmSync(path.join(dist, file))
  return orphans.map((file) => path.join('dist', file))
}

if (require.main === module) pruneBuild(packageRoot())
