/** A field of somebody's own data, as a catalogue file lists it. */
export interface CatalogueField {
  /** With its namespace, as in a query: `$d.order.items`, `$d.tags['http.route']`; without one it means `$d`. */
  readonly keypath: string
  /** One of the language's types, or a word for one that the data's owner uses. */
  readonly type: string
  readonly sample_values?: readonly string[] | undefined
  readonly description?: string | undefined
}

/** The fields that the records of each dataset have, beyond the metadata and labels that all of them have. */
export interface FieldCatalogue {
  readonly logs: readonly CatalogueField[]
  readonly spans: readonly CatalogueField[]
}
