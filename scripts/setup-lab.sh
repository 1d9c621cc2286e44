#!/usr/bin/env bash
# Prepares a Debian machine for the tests that need real engines (test/lab) and for those that need a browser.
# Safe to run again at any time: what is there already is left alone, and then it ends in a moment.
#
#   HOPWIRE_LAB_CACHE   where the engine trees and images are kept, shared by all clones (/var/cache/hopwire-lab)
#   HOPWIRE_LAB_SUITE   the Debian suite that still carries Docker 28 (sid)
set -euo pipefail

cache=${HOPWIRE_LAB_CACHE:-/var/cache/hopwire-lab}
suite=${HOPWIRE_LAB_SUITE:-sid}
# Raise a recipe's number when it changes: test/lab/cache.ts names the same folders.
tree=$cache/docker28-r1
image=$cache/busybox-r1.tar
root=$(cd "$(dirname "$0")/.." && pwd)

packages=(docker.io iptables nftables conntrack tcpdump dnsmasq-base busybox-static iproute2 debootstrap mmdebstrap
  zstd python3 xz-utils ca-certificates chromium fonts-dejavu-core tshark ipset)
tree_packages=docker.io,docker-cli,iptables,nftables,iproute2,conntrack,ca-certificates

say() { printf 'setup-lab: %s\n' "$*"; }
fail() { printf 'setup-lab: %s\n' "$*" >&2; exit 1; }

# A line every ten seconds, so that a long step does not look like one that hangs.
with_progress() {
  local what=$1 log=$2 started=$SECONDS
  shift 2
  "$@" >"$log" 2>&1 &
  local pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 1
    if (((SECONDS - started) % 10 == 0)); then
      say "$what: $((SECONDS - started)) s, $(tail -n 1 "$log" | tr -d '\r' | cut -c 1-90)"
    fi
  done
  wait "$pid" || { tail -n 15 "$log" >&2; fail "$what failed; the end of its output is above, all of it in $log"; }
}

# Networks and mirrors fail now and then, and a machine that has just booted runs its own apt first.
twice() { "$@" && return; echo "failed, and tried once more: $1"; sleep 20; "$@"; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Installing docker.io must not start Docker's service here: the lab starts its own engines, each in a namespace.
# policy-rc.d is Debian's way to say so, with and without systemd.
forbid_services() {
  [ -e /usr/sbin/policy-rc.d ] && return
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
}

install_packages() {
  local missing=() name
  for name in "${packages[@]}"; do installed "$name" || missing+=("$name"); done
  if [ ${#missing[@]} -eq 0 ]; then say "packages: all ${#packages[@]} are there"; return; fi
  say "packages: installing ${missing[*]}"
  forbid_services
  with_progress 'apt-get update' "$logs/apt-update.log" twice apt-get update -q
  with_progress 'apt-get install' "$logs/apt-install.log" twice env DEBIAN_FRONTEND=noninteractive \
    apt-get -o DPkg::Lock::Timeout=600 install -q -y --no-install-recommends "${missing[@]}"
  say "packages: installed ${#missing[@]}"
}

# The mirror is the one that this machine's apt uses, whatever that is.
mirror() {
  apt-get indextargets --format '$(LABEL) $(REPO_URI)' | awk '$1 == "Debian" { print $2; exit }'
}

docker_version() { sed -n '/^Package: docker.io$/,/^$/s/^Version: //p' "$1/var/lib/dpkg/status"; }

# In a mount namespace of its own, so that a debootstrap that is cut short leaves no /proc mounted in the folder.
debootstrap_anew() {
  rm -rf "$1"
  unshare --mount debootstrap --variant=minbase --include="$tree_packages" "$suite" "$1" "$2"
}

build_tree() {
  local work=$cache/.build-tree version uri
  if [ -e "$tree/.complete" ]; then say "Docker 28 tree: there ($(cat "$tree/.complete"))"; return; fi
  uri=$(mirror)
  [ -n "$uri" ] || fail "apt has no Debian source; put one in /etc/apt/sources.list and run apt-get update"
  with_progress 'Docker 28 tree' "$logs/debootstrap.log" twice debootstrap_anew "$work" "$uri"
  version=$(docker_version "$work")
  case $version in
    28.*) ;;
    *) fail "suite $suite carries Docker $version, the lab wants 28: set HOPWIRE_LAB_SUITE to a suite that has it" ;;
  esac
  rm -rf "$work"/var/cache/apt/* "$work"/var/lib/apt/lists/* "$work"/usr/share/{doc,man,locale,info}/*
  printf '%s\n' "$version" >"$work/.complete"
  rm -rf "$tree"
  mv -T "$work" "$tree"
  say "Docker 28 tree: built $version in $tree"
}

build_image() {
  local work=$cache/.build-image applet
  if [ -s "$image" ]; then say "busybox image: there"; return; fi
  rm -rf "$work"
  mkdir -p "$work"/{bin,etc,proc,sys,dev,run,tmp,root,www,var}
  cp /bin/busybox "$work/bin/busybox"
  # A link named busybox would replace the program by a loop.
  for applet in $(/bin/busybox --list); do
    [ "$applet" = busybox ] || ln -s busybox "$work/bin/$applet"
  done
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$work/etc/passwd"
  printf 'root:x:0:\n' >"$work/etc/group"
  printf 'hopwire lab\n' >"$work/www/index.html"
  tar -C "$work" --sort=name --mtime=@0 --owner=0 --group=0 -cf "$image.part" .
  mv -T "$image.part" "$image"
  rm -rf "$work"
  say "busybox image: built $image"
}

# Hopwire's own helper, whose image a checkout builds at the first use: here, so that tests side by side do not all build
# it. Named as src/backend/probe/probe-image.ts looks for it: by the digest of the script that decides its contents.
build_probe() {
  local script=$root/resources/probe/build.sh file
  file=hopwire-probe-$(sha256sum "$script" | cut -c 1-12)-$(dpkg --print-architecture).tar.gz
  if [ ! -s "$cache/$file" ]; then
    rm -f "$cache"/hopwire-probe-*
    with_progress 'probe image' "$logs/probe.log" twice bash "$script" "$cache/.probe.part"
    mv -T "$cache/.probe.part" "$cache/$file"
  fi
  [ -s "$root/.cache/probe/$file" ] && { say 'probe image: there'; return; }
  mkdir -p "$root/.cache/probe"
  cp "$cache/$file" "$root/.cache/probe/.$file.part"
  mv -T "$root/.cache/probe/.$file.part" "$root/.cache/probe/$file"
  say "probe image: $root/.cache/probe/$file"
}

[ "$(uname -s)" = Linux ] || fail 'the lab needs Linux'
[ "$(id -u)" = 0 ] || fail 'run this as root: it installs packages and builds a root file system'
command -v apt-get >/dev/null || fail 'no apt-get here: the lab is made of Debian packages'
mkdir -p "$cache"
logs=$cache/logs
mkdir -p "$logs"
# Several clones share the cache: the second one waits for the first and then finds all there.
exec 9>"$cache/.lock"
flock -n 9 || { say 'another setup is running, waiting for it'; flock 9; }
install_packages
build_tree
build_image
build_probe
say 'ready'
