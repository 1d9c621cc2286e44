# Reads all network state of a Docker host in one run; Hopwire sends this file to its helper container as the text of
# one `sh -c`. The list of commands is fixed: arguments are process ids and numbers, and never become commands.
#
#   sh -c "$HOPWIRE_SCRIPT" host PARALLEL PID...     the host's own namespace, and that of each process
#   sh -c "$HOPWIRE_SCRIPT" namespace INODE PID      one namespace, entered already (for internal use)
#
# Output, gzip'd: frames, each a line `@@ INODE COMMAND EXIT BYTES ERROR_BYTES`, BYTES bytes of output, a line end,
# ERROR_BYTES bytes of what the command said on standard error, a line end. A command that fails has its frame, too:
# what is missing must never look like what is empty.
#
# Paths are absolute because busybox's shell prefers its own ip and nsenter to the ones in PATH.
set -u
export LC_ALL=C

id=0
errors=/tmp/error.$$

frame() {
  name=$1
  shift
  out=$("$@" 2>"$errors")
  code=$?
  said=
  [ "$code" = 0 ] || said=$(cat "$errors")
  printf '@@ %s %s %s %s %s\n%s\n%s\n' "$id" "$name" "$code" "${#out}" "${#said}" "$out" "$said"
}

# One process for several dumps. -force: a dump that this kernel does not know must not end the others.
ip_any() { printf '%s\n' 'addr show' 'neigh show' 'nexthop show' | /usr/bin/ip -j -d -force -batch -; }
# The family is an option, which a batch line cannot have. Without one, `table all` means the tables of both.
ip_routes() { printf '%s\n' 'route show table all' 'rule show' | /usr/bin/ip "$1" -j -d -force -batch -; }

# grep's exit status tells of the files that are not there, which are many and none of them matters.
sysctls() {
  cd /proc/sys/net || return 1
  grep -s '' /dev/null ipv4/ip_forward ipv4/ip_default_ttl ipv4/ip_local_port_range ipv4/ip_nonlocal_bind \
    ipv4/icmp_ratelimit ipv4/icmp_ratemask ipv4/icmp_echo_ignore_all ipv4/icmp_echo_ignore_broadcasts \
    ipv4/fwmark_reflect ipv4/fib_multipath_hash_policy ipv4/ip_unprivileged_port_start ipv4/ip_forward_use_pmtu \
    ipv4/conf/*/forwarding ipv4/conf/*/rp_filter ipv4/conf/*/route_localnet ipv4/conf/*/accept_local \
    ipv4/conf/*/arp_ignore ipv4/conf/*/arp_filter ipv4/conf/*/arp_announce ipv4/conf/*/proxy_arp \
    ipv4/conf/*/send_redirects ipv4/conf/*/shared_media ipv4/conf/*/src_valid_mark \
    ipv4/conf/*/ignore_routes_with_linkdown ipv4/conf/*/disable_policy ipv4/conf/*/drop_gratuitous_arp \
    ipv6/bindv6only ipv6/conf/*/forwarding ipv6/conf/*/disable_ipv6 ipv6/conf/*/accept_ra ipv6/conf/*/proxy_ndp \
    bridge/* netfilter/nf_conntrack_tcp_loose netfilter/nf_conntrack_max netfilter/nf_conntrack_count
  [ -e ipv4/ip_forward ]
}

# Files of /proc have no size: whether there is anything in one shows only when it is read.
has_legacy() { [ -n "$(cat "/proc/self/net/$1_tables_names" 2>/dev/null)" ]; }

# The legacy tools load kernel modules by asking: they are asked only where the kernel says that there are tables.
legacy() {
  has_legacy "$1" && frame "$2-legacy-save" "/usr/sbin/$2-legacy-save"
}

# Says of a command that was not run that it has nothing to tell: only where that is known without asking.
nothing() { printf '@@ %s %s 0 0 0\n\n\n' "$id" "$1"; }

# conntrack -L walks the whole machine's table. The count is this namespace's own; without it nothing is tracked.
connections() {
  count=$(cat /proc/sys/net/netfilter/nf_conntrack_count 2>/dev/null)
  [ "${count:-0}" = 0 ] || /usr/sbin/conntrack -L -o extended -f "$1"
}

# To find the owners ss looks at every file of every process of the machine: only where there is something to own.
sockets() {
  listening=$(/usr/bin/ss -HOnltu) || return
  [ -z "$listening" ] || /usr/bin/ss -HOnltup
}

bridges() {
  case $out in
    *'"info_kind":"bridge"'* | *'"info_kind":"vxlan"'* | *'"master":'*)
      frame bridge-link /usr/sbin/bridge -j -d link
      frame fdb /usr/sbin/bridge -j fdb
      ;;
    *)
      nothing bridge-link
      nothing fdb
      ;;
  esac
}

# In which namespace the parent of a macvlan, ipvlan or vlan device is, says an id that only the device's own one knows.
parents() {
  case $1 in
    *'"info_kind":"macvlan"'* | *'"info_kind":"ipvlan"'* | *'"info_kind":"vlan"'*)
      frame own-netnsids /usr/bin/lsns --type net --noheadings --raw --output NS,NETNSID
      ;;
  esac
}

# What modules of iptables keep between packets, and whether IPVS and IPsec have anything to do here.
rule_state() {
  cd /proc/self/net || return 1
  for each in xt_recent/* ipt_hashlimit/* ip6t_hashlimit/*; do
    [ -f "$each" ] || continue
    printf '= %s\n' "$each"
    cat "$each"
  done
  printf '= ip_vs\n'
  [ ! -e ip_vs ] || cat ip_vs
  printf '= xfrm\n'
  /usr/bin/ip xfrm policy count
}

# iptables-nft writes its rules where nft finds them: where there is not one nft table there are none of its either. The
# bare header of an empty ruleset is shorter than 160 bytes. Sets are nothing without rules.
rules() {
  frame nft /usr/sbin/nft -j -a list ruleset
  if [ "$code" = 0 ] && [ "${#out}" -lt 160 ] && ! has_legacy ip && ! has_legacy ip6; then
    for name in iptables-save ip6tables-save ipset; do nothing $name; done
    return
  fi
  # -s: a rule's words without its counters.
  frame nft-text /usr/sbin/nft -s -a list ruleset
  frame iptables-save /usr/sbin/iptables-nft-save
  frame ip6tables-save /usr/sbin/ip6tables-nft-save
  legacy ip iptables
  legacy ip6 ip6tables
  frame ipset /usr/sbin/ipset save
  frame rule-state rule_state
}

namespace() {
  id=$1
  frame ip ip_any
  links=$out
  bridges
  parents "$links"
  frame ip-4 ip_routes -4
  frame ip-6 ip_routes -6
  rules
  frame conntrack connections ipv4
  frame conntrack-6 connections ipv6
  frame sockets sockets
  sockets=$out
  frame sysctls sysctls
  [ "$2" = self ] && for pid in $(printf '%s\n' "$sockets" | sed -n 's/.*"docker-proxy",pid=\([0-9]*\).*/\1/p' | sort -u); do
    frame "cmdline:$pid" tr '\000' '\n' <"/proc/$pid/cmdline"
  done
  rm -f "$errors"
}

inode_of() { stat -L -c %i "/proc/$1/ns/net"; }

# Files of a container as its own processes see them.
container_files() {
  frame "resolv:$1" cat "/proc/$1/root/etc/resolv.conf"
  frame "hosts:$1" cat "/proc/$1/root/etc/hosts"
}

host() {
  parallel=$1
  shift
  self=$(inode_of self)
  id=$self
  frame self echo "$self"
  frame hostname cat /proc/sys/kernel/hostname
  frame kernel cat /proc/sys/kernel/osrelease
  frame resolv:self cat /etc/resolv.conf
  frame hosts:self cat /etc/hosts
  # Which id this namespace gives to each other one: it says where the other end of a veth is.
  frame netnsids /usr/bin/lsns --type net --noheadings --raw --output NS,NETNSID
  : >/tmp/todo
  for pid in "$@"; do
    id=0
    frame "pid:$pid" inode_of "$pid"
    [ "$code" = 0 ] || continue
    id=$out
    container_files "$pid"
    [ "$out" = "$self" ] || echo "$id $pid" >>/tmp/todo
  done
  (namespace "$self" self)
  # One process of each namespace is enough: containers can share one. Each writes to a file of its own, since lines of
  # several writers to one pipe would mix.
  sort -u -k 1,1 /tmp/todo | grep -v "^$self " | xargs -r -n 2 -P "$parallel" /bin/sh -c "$HOPWIRE_SCRIPT" enter
  cat /tmp/namespace.* 2>/dev/null
  rm -f /tmp/namespace.* /tmp/todo "$errors"
}

case $0 in
  host) host "$@" | gzip -1 ;;
  enter)
    id=$1
    out=/tmp/namespace.$1
    /usr/bin/nsenter --net="/proc/$2/ns/net" /bin/sh -c "$HOPWIRE_SCRIPT" namespace "$1" "$2" >"$out" 2>"$errors" || {
      said=$(cat "$errors")
      printf '@@ %s enter 1 0 %s\n\n%s\n' "$id" "${#said}" "$said" >>"$out"
    }
    rm -f "$errors"
    exit 0
    ;;
  namespace) 
    # The process may have ended, and its number may belong to another one by now.
    if [ "$(inode_of self)" = "$1" ]; then namespace "$1" "$2"; exit 0; else echo 'the process has gone' >&2; exit 1; fi ;;
esac
