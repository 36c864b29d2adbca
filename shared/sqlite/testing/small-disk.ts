import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly folder: string
  /** Makes it larger or smaller, with everything that is in it. */
  resize(bytes: number): void
}

/**
 * A file system of its own with room for `bytes`, gone when the test is over; where none can be mounted, why not.
 * Detached lazily, so that files in it may still be closed afterwards.
 */
export function mountSmallDisk(
  test: { after(clean: () => void): void },
  bytes: number,
): SmallDisk | { readonly refusal: string } {
  if (process.getuid?.() !== 0) return { refusal: 'only root mounts a small disk' }
  const folder = mkdtempSync(join(tmpdir(), 'dataprime-mesh-disk-'))
  const mount = (...options: string[]) => execFileSync('mount', [...options, folder], { stdio: 'pipe' })
  try {
    mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs')
  } catch (error) {
    rmSync(folder, { recursive: true })
    return { refusal: `no small disk can be mounted here: ${error instanceof Error ? error.message : error}` }
  }
  test.after(() => {
    execFileSync('umount', ['--lazy', folder])
    rmSync(folder, { recursive: true })
  })
  return { folder, resize: (size) => mount('-o', `remount,size=${size}`) }
}
