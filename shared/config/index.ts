export { adminConfigSchema } from './admin'
export {
  addressConfigSchema,
  type BaseConfig,
  baseConfigSchema,
  reachableHost,
  serviceUrl,
} from './base-config'
export { type ClientConfig, clientConfigSchema } from './client-config'
export { databaseConfigSchema } from './database'
export {
  ConfigError,
  currentEnvironment,
  type Environment,
  isSecret,
  loadConfig,
  setEnvironmentDefault,
} from './load-config'
export { isLoopback } from './loopback'
export { packageRoot, packageVersion } from './package-root'
export { isServiceKey, SERVICE_KEYS, SERVICES, type ServiceEntry, type ServiceKey, WORKER } from './services'
export { textLimits, textLimitsConfigSchema } from './text-limits'
export { flag, httpUrl, milliseconds, numberList, port, wholeNumber } from './variables'
