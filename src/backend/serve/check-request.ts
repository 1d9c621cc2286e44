/** The headers that tell who asks; null when a header is missing or came more than once. */
export interface RequestOrigin {
  readonly host: string | null
  readonly origin: string | null
  /** `Sec-Fetch-Site`, which a page cannot forge; null from anything that is not a browser. */
  readonly fetchSite: string | null
}

/**
 * Returns why a request must be refused, or null when it may go on to the session check.
 *
 * `Host` defeats DNS rebinding: a foreign name that was made to resolve to 127.0.0.1 arrives here with that name. `Origin`
 * keeps foreign pages out: any page on the web may open a WebSocket to 127.0.0.1, and the browser tells which one it is.
 * Browsers leave `Origin` away for plain navigation, so it is demanded of upgrades only.
 */
export function checkRequest(request: RequestOrigin, port: number, upgrade: boolean): string | null {
  const host = request.host
  if (host === null || !isOwnHost(host, port)) return 'wrong Host header'
  if (request.origin === null) return upgrade ? 'no Origin header' : checkFetchSite(request.fetchSite)
  // The same name on both sides: a page of localhost has no business with the session of 127.0.0.1.
  return request.origin === `http://${host}` ? null : 'wrong Origin header'
}

function isOwnHost(host: string, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`
}

function checkFetchSite(site: string | null): string | null {
  return site === null || site === 'none' || site === 'same-origin' ? null : 'asked by another site'
}
