/**
 * The import table of ARCHITECTURE.md, as data. For every zone (the longest folder that contains the importing file
 * wins): `folders` it may import besides itself, and `packages` it may import (`node:` stands for all of Node).
 */
export const IMPORT_TABLE = {
  'src/core/net': { folders: [], packages: ['ipaddr.js'] },
  'src/core/host': { folders: ['src/core/net'], packages: [] },
  'src/core/trace': { folders: ['src/core/net', 'src/core/host'], packages: [] },
  'src/core/parse': {
    folders: ['src/core/net', 'src/core/host', 'src/core/trace', 'src/core/observe', 'src/core/watch'],
    packages: [],
  },
  'src/core/netfilter': { folders: ['src/core/net', 'src/core/host', 'src/core/trace'], packages: [] },
  'src/core/forward': { folders: ['src/core/net', 'src/core/host', 'src/core/trace'], packages: [] },
  'src/core/tracer': {
    folders: ['src/core/netfilter', 'src/core/forward', 'src/core/net', 'src/core/host', 'src/core/trace'],
    packages: [],
  },
  'src/core/capture': { folders: ['src/core/net'], packages: [] },
  'src/core/observe': { folders: ['src/core/net', 'src/core/host', 'src/core/trace'], packages: [] },
  'src/core/watch': { folders: ['src/core/net', 'src/core/host', 'src/core/trace'], packages: [] },
  'src/core/session': { folders: ['src/core/net', 'src/core/host', 'src/core/trace', 'src/core/watch'], packages: [] },
  'src/core/synth': { folders: ['src/core/net', 'src/core/host'], packages: [] },
  'src/core/manage': {
    folders: ['src/core/net', 'src/core/host', 'src/core/trace', 'src/core/synth', 'src/core/parse'],
    packages: [],
  },
  'src/core/compose': { folders: ['src/core/net', 'src/core/host', 'src/core/synth'], packages: ['yaml'] },
  'src/protocol': {
    folders: ['src/core/net', 'src/core/host', 'src/core/trace', 'src/core/watch', 'src/core/manage'],
    packages: [],
  },
  'src/backend': { folders: ['src/core', 'src/protocol'], packages: ['node:', 'ws'] },
  'src/backend/docker': { folders: ['src/backend', 'src/core', 'src/protocol'], packages: ['node:'] },
  'src/backend/labs': { folders: ['src/backend', 'src/core', 'src/protocol'], packages: ['node:', 'yaml'] },
  'src/cli': { folders: ['src/backend', 'src/protocol', 'src/core'], packages: ['node:'] },
  'src/main': { folders: ['src/backend', 'src/protocol'], packages: ['node:', 'electron'] },
  'src/preload': { folders: [], packages: ['electron'] },
  'src/renderer': {
    folders: ['src/protocol', 'src/core/net', 'src/core/host', 'src/core/trace', 'src/core/watch', 'src/core/manage'],
    packages: ['react', 'react-dom', 'd3', 'zustand', '@xterm/xterm', '@xterm/addon-fit', 'marked'],
  },
}

/** Single files that may import more than their zone: the one module that talks to dockerode, the preload's type. */
export const EXCEPTIONS = {
  'src/backend/docker/engine.ts': ['dockerode'],
  'src/preload': ['src/protocol/port.ts'],
}
