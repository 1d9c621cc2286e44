import { randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * The one session of a server: a token in the printed link, good for one visit, and the cookie that this visit gets. The
 * token ends up in shell and browser histories, the cookie does not.
 */
export interface Session {
  readonly token: string
  /** Returns the `Set-Cookie` value for the right token, the first time; null for a wrong or used one. */
  redeem(token: string): string | null
  /** Tells whether a `Cookie` header carries the session. */
  holds(cookieHeader: string | null): boolean
}

/** Returns a fresh session. Cookies are shared by all ports of a host, so the port is part of the name. */
export function createSession(port: number): Session {
  const token = randomBytes(24).toString('base64url')
  const secret = randomBytes(24).toString('base64url')
  const name = `hopwire-${port}`
  let used = false
  return {
    token,
    redeem(given) {
      if (used || !isSame(given, token)) return null
      used = true
      return `${name}=${secret}; HttpOnly; SameSite=Strict; Path=/`
    },
    holds(cookieHeader) {
      const given = readCookie(cookieHeader ?? '', name)
      return given !== null && isSame(given, secret)
    },
  }
}

function readCookie(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const [key, value] = part.trim().split('=', 2)
    if (key === name && value !== undefined) return value
  }
  return null
}

/** Compares in a time that does not tell how much of a guess was right. */
function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
