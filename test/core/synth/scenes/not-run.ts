/** What is synthesised, or is an option of the manager, and is not built on a real engine here, each with the reason. */
export const NOT_RUN: readonly { readonly what: string; readonly why: string }[] = [
  {
    what: 'Docker 29',
    why: 'the lab has 20.10 and 28.5; its rules are compared with captured ones (rules-29.test.ts)',
  },
  { what: 'ipvlan networks', why: 'the kernel of the lab may lack ipvlan, and then such a container does not start' },
  {
    what: 'macvlan without a card of the host',
    why: 'internal ones and VLANs are not simulated: the scene is refused',
  },
  { what: 'forwarding that was on before Docker', why: 'a lab host starts with forwarding off, as a fresh host does' },
  { what: 'a host without br_netfilter', why: 'it is built into the kernel or loaded for the whole lab' },
  { what: 'usernet swarm-portmap of moby', why: 'a scene is one host without swarm' },
  { what: 'a default subnet of IPv6', why: 'it is derived from the machine’s id, and another one on each' },
  { what: 'published ports of SCTP', why: 'the kernel of the lab has no SCTP, and the proxy then does not start' },
  {
    what: 'ports of Docker’s choice (-p 80) on 20.10',
    why: 'it takes them from the kernel’s own range at random places',
  },
]
