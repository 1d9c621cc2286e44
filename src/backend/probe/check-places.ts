/**
 * Throws where one of the places of a plan is not known by its inode, as in a state that only Docker's API told: the helper
 * could not enter it, and what its tools print would come back under a name that no frame header has.
 */
export function checkPlaces(places: readonly { readonly inode: string }[]): void {
  const unread = places.find(({ inode }) => !/^\d+$/.test(inode))
  if (unread === undefined) return
  throw new Error(`nothing can be watched in a namespace that was not read with the privileged helper: ${unread.inode}`)
}
