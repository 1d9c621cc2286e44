/** The lab's whole interface; see README.md. */
export * from './cache.ts'
export * from './world.ts'
export * from './engine.ts'
export * from './busybox.ts'
export * from './scene.ts'
export * from './sweep.ts'
export * from './raw.ts'
