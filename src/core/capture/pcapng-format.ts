/** Numbers of the pcapng format (draft-ietf-opsawg-pcapng): block types and option codes. */
export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  obsoletePacket: 2,
  simplePacket: 3,
  nameResolution: 4,
  enhancedPacket: 6,
} as const

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d

export const OPTION = {
  end: 0,
  comment: 1,
  sectionApplication: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  interfaceResolution: 9,
  interfaceOffset: 14,
  packetFlags: 2,
} as const

/** The lowest two bits of epb_flags. */
export const DIRECTION = { in: 1, out: 2 } as const

export const NAME_RECORD = { end: 0, ipv4: 1, ipv6: 2 } as const

/** Blocks and options are padded to this many bytes. */
export const padded = (length: number): number => (length + 3) & ~3
