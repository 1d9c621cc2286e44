import { addressScenes } from './address-scenes.ts'
import { attachmentScenes } from './attachment-scenes.ts'
import { combinedScenes } from './combined-scenes.ts'
import { daemonScenes } from './daemon-scenes.ts'
import { mobyScenes } from './moby-scenes.ts'
import type { DeclaredScene } from './make-scene.ts'
import { networkScenes } from './network-scenes.ts'
import { optionScenes } from './option-scenes.ts'
import { standard } from './standard.ts'

/** Every scene that is built on real engines and compared with what is synthesised of it. */
export const DECLARED: readonly DeclaredScene[] = [
  standard,
  ...mobyScenes,
  ...networkScenes,
  ...addressScenes,
  ...daemonScenes,
  ...optionScenes,
  ...attachmentScenes,
  ...combinedScenes,
]
