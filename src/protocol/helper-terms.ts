/**
 * What the user is told before the privileged helper is used for the first time. One text for the app and the command line,
 * and one list of capabilities for the text and for the container itself.
 */

/** The capabilities that the helper is started with, and what each is for. It is not `--privileged`. */
export const HELPER_CAPABILITIES = [
  // setns(2).
  { name: 'SYS_ADMIN', use: 'to enter the containers’ network namespaces' },
  { name: 'NET_ADMIN', use: 'to list rules, connections and sockets' },
  // /proc/PID/ns/net and /proc/PID/root of processes that are not the helper's own.
  { name: 'SYS_PTRACE', use: 'to find the namespaces of processes' },
  { name: 'NET_RAW', use: 'to send a probe and to capture' },
] as const

/** One paragraph of the terms. */
export interface HelperTerm {
  readonly title: string
  readonly text: string
}

const capabilities = HELPER_CAPABILITIES.map(({ name, use }) => `${name} ${use}`).join(', ')

/** The question, in one sentence. */
export const HELPER_QUESTION = 'May Hopwire use its privileged helper on this engine?'

/** The terms, in the order in which they are told. */
export const HELPER_TERMS: readonly HelperTerm[] = [
  {
    title: 'What it is',
    text:
      'A short-lived container, hopwire-probe-…, on this engine. It shares the host’s network and process view, runs without' +
      ` Docker’s AppArmor and seccomp profiles, and has four capabilities: ${capabilities}. Its image is built from Debian’s packages or comes with Hopwire.`,
  },
  {
    title: 'What it reads',
    text:
      'Of the host and its containers: network namespaces, interfaces, addresses, routes, firewall rules, neighbours,' +
      ' connections, sockets with the programs that own them, network settings, and the files resolv.conf and hosts. To trace' +
      ' to a name, it asks the sender’s name server. No other file, no environment, no secret.',
  },
  {
    title: 'What it sends and captures',
    text:
      'Only when you ask for a live trace: one packet, or one small connection, from the place that you chose; while that' +
      ' runs, a table of its own in the rules and a capture follow this packet. Only when you watch traffic: a capture of what' +
      ' you chose.',
  },
  {
    title: 'What it leaves',
    text:
      'Nothing else is changed. The container is removed when Hopwire ends, even if Hopwire is killed. Its image,' +
      ' hopwire/probe, stays in the engine until you remove it.',
  },
  {
    title: 'If you refuse',
    text:
      'Everything but live traces and watching works from the Docker API alone. Rules and routes are then those that Docker' +
      ' would write, each step says so, and what somebody else has changed on the host is not seen. Names are asked on the' +
      ' machine that Hopwire runs on.',
  },
]

/** How to change one's mind in the app. */
export const HELPER_LATER = 'You can change your mind at any time under “Helper” in the bar at the top.'
