export { EXIT } from './exit-codes'
export { type ServiceApp, type ServiceDefinition, type ServiceDeps, startService } from './start-service'
