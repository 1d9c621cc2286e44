import { joinedContainer } from '../../host/joined-container.ts'
import { digestHex } from '../digest.ts'
import type { Scene } from './scene.ts'

/** Returns the name that a container was made with; what Docker draws at random is made of that one. */
export function bornAs({ memory }: Scene, name: string): string {
  return memory?.born?.[name] ?? name
}

/** Returns the id of a container by its name, 64 hexadecimal digits. */
export function containerId(scene: Scene, name: string): string {
  return digestHex(`container ${bornAs(scene, name)}`, 64)
}

/**
 * Returns the name under which a new container is born: its own, unless one that was renamed since has been born so, or one
 * that was removed is referred to still.
 */
export function freeBirthName(scene: Scene, name: string): string {
  const gone = Object.values(scene.memory?.gone ?? {}).flat()
  const removed = gone.map(joinedContainer).filter((one) => one !== null)
  const taken = new Set([...removed, ...scene.containers.map((one) => bornAs(scene, one.name))])
  let birth = name
  for (let count = 2; taken.has(birth); count += 1) birth = `${name} ${count}`
  return birth
}
