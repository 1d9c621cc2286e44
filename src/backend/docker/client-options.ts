import type { Endpoint } from './endpoint.ts'

/** The part of dockerode's own options that Hopwire gives. */
export interface ClientOptions {
  readonly protocol: 'http' | 'https' | 'ssh'
  readonly socketPath: string | undefined
  readonly host: string | undefined
  readonly port: number | undefined
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
  readonly username?: string | undefined
  readonly sshOptions?: { readonly agent?: string }
}

/**
 * Returns what dockerode wants to know of an endpoint. Every field is set, also to undefined: dockerode fills in what is missing from DOCKER_HOST and its kin, and the endpoint
 * has been decided already. No keep-alive agent: it makes parallel calls thirty times slower.
 */
export function clientOptions(endpoint: Endpoint): ClientOptions {
  const none = {
    socketPath: undefined,
    host: undefined,
    port: undefined,
    ca: undefined,
    cert: undefined,
    key: undefined,
  }
  switch (endpoint.kind) {
    case 'socket':
      return { ...none, protocol: 'http', socketPath: endpoint.path }
    case 'tcp': {
      const { host, port, tls } = endpoint
      const files = { ca: tls?.ca ?? undefined, cert: tls?.cert ?? undefined, key: tls?.key ?? undefined }
      return { ...none, ...files, protocol: tls === null ? 'http' : 'https', host, port }
    }
    case 'ssh': {
      const { host, port, user } = endpoint
      const agent = process.env['SSH_AUTH_SOCK']
      const sshOptions = agent === undefined ? {} : { agent }
      return {
        ...none,
        protocol: 'ssh',
        host,
        port,
        username: user ?? process.env['USER'],
        sshOptions,
      }
    }
    default: {
      const unknown: never = endpoint
      return unknown
    }
  }
}
