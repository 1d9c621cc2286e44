import { defineConfig } from 'vite'

/** Bundles the command line into one file. Packages stay in node_modules, with their native parts. */
export default defineConfig({
  publicDir: false,
  build: {
    ssr: 'src/cli/index.ts',
    outDir: 'out/cli',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rollupOptions: {
      external: ['dockerode', 'ssh2', 'cpu-features', 'ws', /\.node$/],
      output: { format: 'es', entryFileNames: 'hopwire.mjs', chunkFileNames: 'chunks/[name]-[hash].mjs' },
    },
  },
})
