export { AppError, type AppErrorOptions, type FieldError, toAppError } from './app-error'
export { type ErrorCode, type ErrorEntry, errorCatalogue, isErrorCode } from './error-catalogue'
export { toPointer } from './pointer'
export { PROBLEM_MEDIA_TYPE, type Problem, toProblem } from './problem'
