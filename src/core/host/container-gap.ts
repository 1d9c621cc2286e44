import type { Gap } from './host-state.ts'

/** Returns what a gap says of a container whose namespace was not read. */
export function wordContainerGap(name: string, why: string): string {
  return `${aboutContainer(name)}${why}`
}

/** Returns why the namespace of a container was not read, as a gap has it; null where no gap is about that. */
export function whyContainerUnread(gaps: readonly Gap[], name: string): string | null {
  const about = aboutContainer(name)
  return gaps.find(({ why }) => why.startsWith(about))?.why.slice(about.length) ?? null
}

function aboutContainer(name: string): string {
  return `namespace of container ${name}: `
}
