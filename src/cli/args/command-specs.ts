import type { CommandSpec } from './option-spec.ts'

const TRACE: CommandSpec = {
  name: 'trace',
  usage: ['trace FROM TO [--live] [options]', 'trace --flows FILE --json [options]'],
  summary: 'predict the way of one packet, and of its answer',
  choosesHost: true,
  options: [
    { name: 'proto', value: 'icmp|tcp|udp', help: 'the protocol; tcp where a port is given, else icmp' },
    { name: 'port', value: 'N', help: 'the destination port, 1 to 65535' },
    { name: 'source-port', value: 'N', help: 'the source port; for icmp the echo id' },
    { name: 'live', value: null, help: 'send a real probe, and print what was seen beside the prediction' },
    { name: 'probe', value: 'KIND', help: 'with --live: auto, syn, connect, dns or http (default: auto)' },
    { name: 'wait', value: 'SECONDS', help: 'with --live: the longest wait, 1 to 300 (default: 5; 60 for external)' },
    { name: 'export', value: 'FILE', help: 'with --live: write the frames that were seen as pcapng, with their rules' },
    { name: 'tried', value: null, help: 'show all steps, and the rules that were tried and did not match' },
    { name: 'json', value: null, help: 'print the report as JSON' },
    { name: 'flows', value: 'FILE', help: 'trace many flows, one JSON object a line; - reads standard input' },
  ],
  notes: [
    'FROM and TO are a container, host, external (a machine on the LAN; external:IP gives its address), an IP address or a' +
      ' DNS name, each with an optional :port.',
    'Exit status: 0 delivered or leaves-host, 1 any other disposition, 2 bad usage, 3 no usable engine or probe, 4' +
      ' when --live saw something else than was predicted. With --flows: 0 when every flow was traced.',
  ],
}

const SNAPSHOT: CommandSpec = {
  name: 'snapshot',
  usage: ['snapshot [-o FILE] [options]'],
  summary: "save the host's state, to trace on it later and elsewhere",
  choosesHost: true,
  options: [
    { name: 'output', short: 'o', value: 'FILE', help: 'write to FILE instead of standard output' },
    {
      name: 'resolve',
      value: 'NAME,...',
      help: 'DNS names to look up and keep (default: facebook.com); "" for none',
    },
  ],
  notes: [
    'The file holds addresses, names and rules of the host, and no secrets of containers. Exit status: 0, 2 or 3.',
  ],
}

const SERVE: CommandSpec = {
  name: 'serve',
  usage: ['serve [--port N] [--no-open] [options]'],
  summary: 'show Hopwire in a browser, served on 127.0.0.1 only',
  choosesHost: true,
  options: [
    { name: 'port', value: 'N', help: 'the port to listen on; 0 or none takes a free one' },
    { name: 'no-open', value: null, help: 'print the address and open no browser' },
  ],
  notes: ['It runs until Ctrl-C.'],
}

const WATCH: CommandSpec = {
  name: 'watch',
  usage: ['watch TARGET [--filter BPF] [--seconds N] [-w FILE.pcapng] [options]'],
  summary: 'show the traffic that there is: flows with names, state and translation',
  choosesHost: true,
  options: [
    { name: 'filter', value: 'BPF', help: 'only what this filter of tcpdump lets through: "tcp port 80"' },
    { name: 'seconds', value: 'N', help: 'end after so many seconds; else Ctrl-C ends it' },
    { name: 'write', short: 'w', value: 'FILE', help: 'write the packets that were kept as pcapng when it ends' },
    { name: 'ring', value: 'MIB', help: 'keep the last packets, so many mebibytes of them (default: 32)' },
    { name: 'snaplen', value: 'BYTES', help: 'keep so much of each packet, at least 96 (default: 512)' },
    { name: 'json', value: null, help: 'print one update a line as JSON, four a second' },
  ],
  notes: [
    'TARGET is host, a container, a network, an interface of the host, or one of a container as web/eth0.' +
      ' container:NAME and network:NAME say which of two is meant.',
    'Exit status: 0, 2 bad usage or a filter that does not compile, 3 no usable engine or probe.',
  ],
}

/** Every command, in the order of the help page. */
export const COMMANDS: readonly CommandSpec[] = [TRACE, WATCH, SNAPSHOT, SERVE]

/** The command of that name, or undefined. */
export function findCommand(name: string): CommandSpec | undefined {
  return COMMANDS.find((command) => command.name === name)
}
