/** Scheme and host of the page: Hopwire's own, so that nothing is ever loaded from a file path or from the net. */
export const APP_SCHEME = 'app'
export const APP_HOST = 'hopwire'
export const PAGE_URL = `${APP_SCHEME}://${APP_HOST}/`

/**
 * Tells whether a URL is one of our own page. Protocol and host are compared one by one because the `origin` of a URL with
 * a scheme that Node does not know is the text `null`, for every such URL alike.
 */
export function isOwnUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, username, password } = new URL(url)
  return protocol === `${APP_SCHEME}:` && host === APP_HOST && username === '' && password === ''
}
