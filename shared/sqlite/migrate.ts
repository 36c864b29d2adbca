import type { SqliteDatabase } from './open-database'

/** One step of a schema. Once released it is never edited: a change is a further step. */
export interface Migration {
  /** Its place: 1, 2, 3 … without gaps. */
  readonly id: number
  readonly name: string
  readonly sql: string
}

/**
 * Brings a schema up to date. `user_version` is the id of the last step taken; each step and its number are
 * committed together, so a crash leaves a schema that the next start goes on from.
 */
export function migrate(database: SqliteDatabase, migrations: readonly Migration[]): void {
  const misplaced = migrations.find(({ id }, index) => id !== index + 1)
  if (misplaced !== undefined)
    throw new Error(`migration ${misplaced.id} (${misplaced.name}) is out of place`)

  const version = Number(database.pragma('user_version'))
  if (version > migrations.length) {
    throw new Error(
      `the file has schema version ${version}, this version of the program knows ${migrations.length}; ` +
        'start the newer program or move the file away',
    )
  }
  for (const { id, name, sql } of migrations.slice(version)) {
    try {
      database.transaction(() => {
        database.exec(sql)
        database.pragma(`user_version = ${id}`)
      })
    } catch (error) {
      throw new Error(`migration ${id} (${name}) failed: ${reasonOf(error)}`, { cause: error })
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
