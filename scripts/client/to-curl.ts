/** The curl command that makes a call, for people to copy: a POST when there is a body. */
export function toCurl(url: string, body?: unknown): string {
  if (body === undefined) return `curl -s ${url}`
  return `curl -s ${url} -H 'content-type: application/json' -d ${quote(JSON.stringify(body))}`
}

/** A shell word: in single quotes, which nothing but a single quote ends. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
