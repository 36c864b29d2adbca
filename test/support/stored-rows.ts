import path from 'node:path'
import { readDatabase } from '#shared/sqlite'
import type { Mesh } from './mesh'

/** What a query finds in one of the mesh's SQLite files, read beside the service that owns it. */
export function storedRows<Row>(
  mesh: Mesh,
  file: 'storage.db' | 'queue.db',
  sql: string,
  ...parameters: unknown[]
): Row[] {
  const database = readDatabase({ path: path.join(mesh.dataDir, file) })
  try {
    return database.prepare<unknown[], Row>(sql).all(...parameters)
  } finally {
    database.close()
  }
}
