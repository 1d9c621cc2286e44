import type { Generation, Scene, SceneContainer, SceneNetwork } from '../../../../src/core/synth/scene/scene.ts'

/** A declared scene without what the lab decides: the engine's generation and the host's card. */
export type DeclaredScene = Omit<Scene, 'schema' | 'engine' | 'host'> & {
  readonly options?: Scene['engine']['options']
  readonly host?: Partial<Scene['host']>
  /** The generations that it is for; both of the lab's where this is missing. */
  readonly only?: readonly Generation[]
}

const LAST = { 20: 10, 28: 20, 29: 20 } as const

/** Returns a scene for one generation, on a host as the lab's are. */
export function sceneFor(declared: DeclaredScene, generation: Generation): Scene {
  const { options, host, only: _, ...rest } = declared
  const last = LAST[generation]
  return {
    schema: 'hopwire.scene/1',
    engine: { generation, ...(options === undefined ? {} : { options }) },
    host: {
      hostname: `host${generation}`,
      nameservers: ['203.0.113.53'],
      bridgeNetfilter: true,
      nics: [
        {
          name: 'ens5',
          mac: `52:54:00:33:64:${last.toString(16).padStart(2, '0')}`,
          addresses: [`198.51.100.${last}/24`, `2001:db8:51::${last}/64`],
          routes: [{ to: 'default', via: '198.51.100.1' }],
        },
      ],
      ...host,
    },
    ...rest,
  }
}

/** A container that serves HTTP on port 80, as the lab's image does. */
export function webServer(name: string, rest: Partial<SceneContainer> = {}): SceneContainer {
  return { name, command: ['httpd', '-f', '-p', '80', '-h', '/www'], listens: ['80/tcp'], ...rest }
}

export function idle(name: string, network?: string, rest: Partial<SceneContainer> = {}): SceneContainer {
  return { name, command: ['sleep', '1000000'], ...(network === undefined ? {} : { networks: [{ network }] }), ...rest }
}

export function bridge(name: string, rest: Partial<SceneNetwork> = {}): SceneNetwork {
  return { name, ...rest }
}
