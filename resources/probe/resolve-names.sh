# Asks name servers for names from inside network namespaces; Hopwire sends this file as the text of one `sh -c`. The
# command is fixed: arguments are a process id (0 for the host's own namespace), a name and a server's address.
#
#   sh -c "$HOPWIRE_SCRIPT" ask PARALLEL PID NAME SERVER [PID NAME SERVER]...
#
# Output: frames as in read-host.pl, `@@ PID ask:NAME:SERVER EXIT BYTES 0`.
set -u
export LC_ALL=C

case $0 in
  ask)
    parallel=$1
    shift
    printf '%s\n' "$@" | xargs -r -n 3 -P "$parallel" /bin/sh -c "$HOPWIRE_SCRIPT" one
    ;;
  one)
    enter=
    [ "$1" = 0 ] || enter="/usr/bin/nsenter --net=/proc/$1/ns/net"
    # One try, as long as the C library waits: dockerd gives each dead server four seconds before it says so. The dot keeps
    # search domains out. IPv6 only where there is no IPv4 address.
    out=$($enter /busybox/busybox nslookup -type=a -timeout=5 -retry=1 "${2%.}." "$3" 2>&1)
    code=$?
    case $out in
      *"No answer"* | *"Name:"*) ;;
      *) [ "$code" != 0 ] || out=$($enter /busybox/busybox nslookup -type=aaaa -timeout=5 -retry=1 "${2%.}." "$3" 2>&1) ;;
    esac
    # One write: several of these share the output.
    printf '@@ %s ask:%s:%s %s %s 0\n%s\n\n' "$1" "$2" "$3" "$code" "${#out}" "$out"
    ;;
esac
