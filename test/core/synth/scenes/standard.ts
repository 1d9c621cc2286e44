import { bridge, type DeclaredScene, idle, webServer } from './make-scene.ts'

/** The lab's standard scene, in the order in which it starts its containers one after the other. */
export const standard: DeclaredScene = {
  name: 'standard',
  networks: [bridge('net-a'), bridge('net-b'), bridge('net-i', { internal: true })],
  containers: [
    idle('c1'),
    idle('c2'),
    webServer('web', { ports: ['8080:80'] }),
    webServer('local', { ports: ['127.0.0.1:8081:80'] }),
    idle('quiet', undefined, { ports: ['8082:80'] }),
    idle('echo', undefined, { ports: ['9999:9999/udp'] }),
    idle('a1', 'net-a'),
    idle('a2', 'net-a'),
    webServer('b1', { networks: [{ network: 'net-b' }], ports: ['18080:80'] }),
    idle('i1', 'net-i'),
  ],
}
