import { startService } from '#shared/service'
import { createApp } from './app'
import { configSchema } from './config'

void startService({ name: 'query', configSchema, createApp })
