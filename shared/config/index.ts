export {
  addressConfigSchema,
  type BaseConfig,
  baseConfigSchema,
  reachableHost,
  serviceUrl,
} from './base-config'
export { ConfigError, currentEnvironment, type Environment, isSecret, loadConfig } from './load-config'
export { isServiceKey, SERVICE_KEYS, SERVICES, type ServiceEntry, type ServiceKey } from './services'
export { flag, httpUrl, numberList, port, wholeNumber } from './variables'
