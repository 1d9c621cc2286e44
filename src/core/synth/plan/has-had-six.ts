import type { Plan } from './plan.ts'

/** Tells whether an engine has, or once had, a network with IPv6: it turns forwarding on with the first one, and leaves it on. */
export function hasHadSix({ networks, scene }: Pick<Plan, 'networks' | 'scene'>): boolean {
  return scene.memory?.forwardsSix === true || networks.some(({ ipv6 }) => ipv6 !== null)
}
