export { type HealthCheck, type HealthReport, type HealthStatus, runHealthChecks, worstOf } from './health'
export { createProcessChecks, type MonitoringOptions, monitoringRoutes } from './routes'
export { countRequests, createServiceStats, type LatencySummary, type ServiceStats } from './service-stats'
