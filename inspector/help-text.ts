/** What `GET /` answers. `origin` is where the caller reached the inspector. */
export function renderHelp(origin: string): string {
  return `DataPrime Mesh inspector: receives OTLP/HTTP traces and shows them as text.

  curl ${origin}/traces                     traces, newest first
  curl ${origin}/traces/<trace id>          one trace as a waterfall
       ?width=160  ?color=always  ?attributes=all
  curl ${origin}/api/traces                 the list as JSON
       ?limit=50  ?service=<name>  ?name=<part of a span name>  ?error=true
  curl ${origin}/api/traces/<trace id>      one trace as JSON
  curl -X DELETE ${origin}/api/traces       forget all traces
  curl ${origin}/health                     what is kept

Point any OpenTelemetry SDK here:

  OTEL_EXPORTER_OTLP_ENDPOINT=${origin}
  OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf   (or http/json; not grpc)
`
}
