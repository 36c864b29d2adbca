import { AppError } from '#shared/errors'
import { isSqliteError } from './open-database'

/** `storage-full` when `error` says that the disk or the file has no room left, else `error` unchanged. */
export function toStorageError(error: unknown): unknown {
  return isSqliteError(error) && error.code === 'SQLITE_FULL'
    ? new AppError('storage-full', { cause: error })
    : error
}
