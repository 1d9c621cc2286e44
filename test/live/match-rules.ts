import type { Ask } from './plain-asks.ts'

/** Probes between all kinds of places. */
export const EVERYBODY: readonly Ask[] = [
  { from: 'a1', to: 'b1', kind: 'icmp' },
  { from: 'a1', to: 'b1', kind: 'tcp-syn', port: 80 },
  { from: 'a1', to: 'b1', kind: 'udp', port: 80 },
  { from: 'a1', to: 'b1', kind: 'udp', port: 81 },
  { from: 'a1', to: 'a2', kind: 'tcp-syn', port: 80 },
  { from: 'a1', to: 'host', kind: 'tcp-syn', port: 80 },
  { from: 'a1', to: 'host', kind: 'tcp-syn', port: 82 },
  { from: 'a1', to: 'host', kind: 'icmp' },
  { from: 'outside', to: 'host', kind: 'udp', port: 82 },
  { from: 'outside', to: 'b1', kind: 'tcp-syn', port: 81 },
  { from: 'host', to: 'a1', kind: 'udp', port: 80 },
  { from: 'host', to: 'outside', kind: 'icmp' },
  { from: 'host', to: 'b1', kind: 'tcp-syn', port: 80 },
]

/** Each at all hooks where the kernel takes it; none has a target, so each is asked about every packet. */
export const CONDITIONS: readonly string[] = [
  '-m statistic --mode random --probability 1',
  '-m statistic --mode random ! --probability 1',
  '-m statistic --mode nth --every 1 --packet 0',
  '-m tos --tos 0x0/0xff',
  '-m dscp ! --dscp 0x0',
  '-p tcp -m tcpmss --mss 1:65535',
  '-p tcp -m tcpmss ! --mss 1:65535',
  '-p tcp -m tcp --tcp-option 2',
  '-m string --algo bm --string "GET / HTTP/1.1 and a lot more, which no bare header has room for"',
  '-m string --algo kmp --to 19 --hex-string "|ac1e010b|"',
  '-m string --algo bm --from 20 --to 22 ! --hex-string "|0050|"',
  '-m u32 --u32 "0x6&0xff=0x11"',
  '-m u32 --u32 "0x0>>0x16&0x3c@0x0&0xffff=0x50:0x51"',
  '-m u32 ! --u32 "0x0>>0x16&0x3c@0x0>>0x18=0x8,0x0&&0x6&0xff=0x1"',
  '-m u32 --u32 "0x0&0xffff=0x0:0x28"',
  '-m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"',
  '-m bpf --bytecode "7,177 0 0 0,72 0 0 2,37 1 0 79,6 0 0 0,53 1 0 82,6 0 0 1,6 0 0 0"',
  '-m bpf --bytecode "5,48 0 0 8,37 2 0 63,6 0 0 1,6 0 0 1,6 0 0 0"',
  '-m bpf --bytecode "5,32 0 0 12,84 0 0 4294967040,21 0 1 2887647488,6 0 0 1,6 0 0 0"',
  '-m bpf --bytecode "2,32 0 0 400,6 0 0 1"',
  '-m connlimit --connlimit-above 1000',
  '-m connlimit --connlimit-upto 1000 --connlimit-mask 24 --connlimit-daddr',
  '-m connlimit --connlimit-above 0',
]

/** Sets as `ipset restore` takes them; those that know a MAC get theirs when it is known. */
export const SETS: readonly string[] = [
  'create mac bitmap:ip,mac range 172.30.1.0/24',
  'create ipport hash:ip,port',
  'create nets hash:net',
  'create wide hash:ip netmask 24',
  'create seen hash:ip',
  'create seenport hash:ip,port',
  'create pairs hash:ip,port,ip',
  'add ipport 172.30.2.11,udp:80',
  'add ipport 172.30.2.11,icmp:8/0',
  'add nets 172.30.1.0/24',
  'add nets 172.30.1.12 nomatch',
  'add wide 172.30.1.0',
]

/** What asks these sets, and what fills them: the order in which the packet meets them counts. */
export const SET_RULES: readonly string[] = [
  '-A PREROUTING -m set --match-set mac src,src',
  '-A PREROUTING -m set --match-set ipport dst,dst',
  '-A PREROUTING -m set --match-set nets src',
  '-A PREROUTING -m set ! --match-set nets src',
  '-A PREROUTING -m set --match-set nets src --return-nomatch',
  '-A PREROUTING -m set --match-set wide src',
  '-A PREROUTING -m set --match-set ipport dst',
  '-A PREROUTING -m set --match-set seen src',
  '-A PREROUTING -j SET --add-set seen src',
  '-A PREROUTING -j SET --add-set seenport dst,dst',
  '-A FORWARD -m set --match-set seen src',
  '-A FORWARD -m set --match-set seen dst',
  '-A FORWARD -m set --match-set seenport dst,dst',
  '-A FORWARD -m set --match-set seenport src,src',
  '-A POSTROUTING -j SET --del-set seen src',
  '-A POSTROUTING -m set --match-set seen src',
  '-A POSTROUTING -j SET --add-set pairs src,dst,dst',
  '-A POSTROUTING -m set --match-set pairs src,dst,dst',
]
