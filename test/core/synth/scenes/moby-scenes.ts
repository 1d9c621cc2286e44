import { OPTION } from '../../../../src/core/synth/plan/option-names.ts'
import { bridge, type DeclaredScene, idle, webServer } from './make-scene.ts'

const on = (network: string): { networks: { network: string }[] } => ({ networks: [{ network }] })

/** The scenarios of moby's integration/network/bridge/iptablesdoc, under its names; its swarm one is none for one host. */
export const mobyScenes: readonly DeclaredScene[] = [
  { name: 'new-daemon', networks: [], containers: [] },
  {
    name: 'usernet-portmap',
    networks: [bridge('bridge1')],
    containers: [webServer('c1', { ...on('bridge1'), ports: ['8080:80'] })],
  },
  {
    name: 'usernet-portmap-lo',
    networks: [bridge('bridge1')],
    containers: [webServer('c1', { ...on('bridge1'), ports: ['127.0.0.1:8080:80'] })],
  },
  {
    name: 'usernet-portmap-noicc',
    networks: [bridge('bridge1', { options: { [OPTION.icc]: 'false' } })],
    containers: [webServer('c1', { ...on('bridge1'), ports: ['8080:80'] }), idle('c2', 'bridge1')],
  },
  {
    name: 'usernet-portmap-noproxy',
    options: { 'userland-proxy': false },
    networks: [bridge('bridge1')],
    containers: [webServer('c1', { ...on('bridge1'), ports: ['8080:80'] }), idle('c2', 'bridge1')],
  },
  {
    name: 'usernet-portmap-natunprot',
    only: [28, 29],
    networks: [bridge('bridge1', { options: { [OPTION.mode4]: 'nat-unprotected' } })],
    containers: [webServer('c1', { ...on('bridge1'), ports: ['8080:80'] }), idle('c2')],
  },
  {
    name: 'usernet-portmap-routed',
    only: [28, 29],
    networks: [bridge('bridge1', { options: { [OPTION.mode4]: 'routed' } })],
    containers: [webServer('c1', { ...on('bridge1'), ports: ['8080:80'] }), idle('c2')],
  },
  {
    name: 'usernet-internal',
    networks: [
      bridge('bridgeICC', { internal: true }),
      bridge('bridgeNoICC', { internal: true, options: { [OPTION.icc]: 'false' } }),
    ],
    containers: [idle('c1', 'bridgeICC'), idle('c2', 'bridgeNoICC'), idle('c3', 'bridgeICC')],
  },
]
