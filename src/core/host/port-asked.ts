import { bracketed } from '../net/format-packet.ts'

/**
 * Returns what `docker run -p` was given, of a port as `80/tcp`: no address and no number are empty texts, and stand for every
 * address and for a port of Docker's choice.
 */
export function formatPortAsked(hostAddress: string, hostPort: string, port: string): string {
  if (hostAddress !== '') return `${bracketed(hostAddress)}:${hostPort}:${port}`
  return hostPort === '' ? port : `${hostPort}:${port}`
}
