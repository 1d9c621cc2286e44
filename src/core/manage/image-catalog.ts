/** An image that a sandbox has: what it says that it serves, and what its program does without a command. */
export interface CatalogueImage {
  /** `nginx:latest`. */
  readonly tag: string
  readonly bytes: number
  /** ISO 8601, UTC. */
  readonly created: string
  readonly exposes: readonly string[]
  /** What listens when no command is given. */
  readonly listens: readonly string[]
  /** Whether it goes on without a command: a shell without a terminal ends at once. */
  readonly stays: boolean
}

const CREATED = '2025-10-01T00:00:00Z'

/**
 * The images of every sandbox: nothing is pulled in one. EXPOSE and the default program are those of the official images;
 * the sizes are rounded.
 */
export const CATALOGUE: readonly CatalogueImage[] = [
  shell('busybox', 4.5),
  shell('alpine', 8.3),
  shell('debian', 117),
  shell('ubuntu', 78),
  shell('nicolaka/netshoot', 500),
  server('nginx', 152, ['80/tcp'], ['80/tcp']),
  server('httpd', 117, ['80/tcp'], ['80/tcp']),
  server('traefik/whoami', 6.6, ['80/tcp'], ['80/tcp']),
  // A small application of Flask's, as its tutorial runs it in a container: `flask run --host 0.0.0.0`.
  server('flask-app', 130, ['5000/tcp'], ['0.0.0.0:5000/tcp']),
  server('mongo', 850, ['27017/tcp'], ['0.0.0.0:27017/tcp']),
  server('postgres', 438, ['5432/tcp'], ['5432/tcp']),
  server('mysql', 780, ['3306/tcp', '33060/tcp'], ['3306/tcp', '33060/tcp']),
  server('mariadb', 327, ['3306/tcp'], ['3306/tcp']),
  server('redis', 137, ['6379/tcp'], ['6379/tcp']),
  server('memcached', 84, ['11211/tcp'], ['11211/tcp']),
  server('rabbitmq', 221, ['4369/tcp', '5671/tcp', '5672/tcp', '15691/tcp', '15692/tcp', '25672/tcp'], ['5672/tcp']),
  server('registry', 57, ['5000/tcp'], ['5000/tcp']),
]

/** Returns the image of a reference, whatever its tag and registry (`docker.io/library/nginx:1.27`); null for another. */
export function findCatalogueImage(reference: string): CatalogueImage | null {
  const name = nameOf(reference)
  return CATALOGUE.find(({ tag }) => nameOf(tag) === name) ?? null
}

/** Returns a reference with the tag that Docker puts where none is. */
export function withTag(reference: string): string {
  return /(:[\w][\w.-]*|@sha256:[0-9a-f]+)$/.test(reference) ? reference : `${reference}:latest`
}

function nameOf(reference: string): string {
  return withTag(reference)
    .replace(/@.*$/, '')
    .replace(/:[\w][\w.-]*$/, '')
    .replace(/^(docker\.io\/)?(library\/)?/, '')
}

function shell(name: string, megabytes: number): CatalogueImage {
  return { tag: `${name}:latest`, bytes: bytesOf(megabytes), created: CREATED, exposes: [], listens: [], stays: false }
}

function server(
  name: string,
  megabytes: number,
  exposes: readonly string[],
  listens: readonly string[],
): CatalogueImage {
  return { tag: `${name}:latest`, bytes: bytesOf(megabytes), created: CREATED, exposes, listens, stays: true }
}

function bytesOf(megabytes: number): number {
  return Math.round(megabytes * 1_000_000)
}
