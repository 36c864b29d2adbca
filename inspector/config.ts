import type { z } from 'zod'
import { baseConfigSchema, port, wholeNumber } from '#shared/config'

/** 20 MiB, which the OTLP specification recommends. */
const BODY_SIZE_DEFAULT_BYTES = 20 * 1024 * 1024
const STORE_SIZE_DEFAULT_BYTES = 128 * 1024 * 1024

/** The inspector's variables. It is beside the mesh, so that it shares no more with it than `HOST`. */
export const inspectorConfigSchema = baseConfigSchema.pick({ HOST: true }).extend({
  INSPECTOR_PORT: port(4318).describe('Port of the inspector; 4318 is where OTLP/HTTP exporters send to.'),
  INSPECTOR_TRACES_MAX: wholeNumber(500).describe('Traces the inspector keeps; the oldest goes first.'),
  INSPECTOR_SPANS_MAX: wholeNumber(50_000).describe('Spans the inspector keeps in all its traces together.'),
  INSPECTOR_SPANS_PER_TRACE_MAX: wholeNumber(5_000).describe(
    'Spans the inspector keeps of one trace; further ones are refused.',
  ),
  INSPECTOR_STORE_SIZE_MAX_BYTES: wholeNumber(STORE_SIZE_DEFAULT_BYTES).describe(
    'Memory that the spans the inspector keeps may take, by estimate.',
  ),
  INSPECTOR_BODY_SIZE_MAX_BYTES: wholeNumber(BODY_SIZE_DEFAULT_BYTES).describe(
    'Largest export the inspector accepts, after decompression; larger ones get 413.',
  ),
})

export type InspectorConfig = Readonly<z.output<typeof inspectorConfigSchema>>
