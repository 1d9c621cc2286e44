#!/bin/bash
# Makes the image of Hopwire's probe out of Debian packages: a few programs with just the libraries that they need, in
# one archive that `docker load` (and POST /images/load) takes. No registry is asked; apt checks Debian's signatures.
#
#   build.sh ARCHIVE       writes the archive, a gzip'd tar in docker-archive format
#   build.sh --tree DIR    writes the root file system only (the Dockerfile beside this script uses it)
#
# The image's tag is the first 12 digits of this file's SHA-256: whatever decides the contents stands in this file.
# Everything comes from ONE suite so that the C library fits all programs. trixie, because nft must be 1.1 or newer:
# bookworm's 1.0.6 dies of a segmentation fault on sets that a newer nft wrote.
set -euo pipefail
export LC_ALL=C

suite=trixie
packages=(iproute2 nftables iptables conntrack tcpdump util-linux ipset perl-base busybox-static)
programs=(
  usr/bin/ip usr/sbin/bridge usr/bin/ss usr/sbin/tc usr/sbin/nft usr/sbin/conntrack usr/bin/tcpdump
  usr/bin/nsenter usr/bin/unshare usr/bin/setpriv usr/bin/lsns usr/sbin/ipset
  usr/sbin/xtables-nft-multi usr/sbin/xtables-legacy-multi usr/bin/perl
)
# Of Perl what send-probe.pl and watch-probe.pl use, and what that uses; names are below Perl's own folder.
perl_modules=(
  strict.pm warnings.pm warnings/register.pm constant.pm Exporter.pm Exporter/Heavy.pm Carp.pm XSLoader.pm Errno.pm Config.pm
  Socket.pm auto/Socket/Socket.so POSIX.pm auto/POSIX/POSIX.so Fcntl.pm auto/Fcntl/Fcntl.so Tie/Hash.pm overload.pm overloading.pm
)
xtables_names=(iptables iptables-save ip6tables ip6tables-save iptables-restore ip6tables-restore)

say() { echo "probe: $*" >&2; }
die() { say "$*"; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The mirror is the one that this machine already uses for Debian itself.
find_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | sed -n 's#/*$##; /\/debian$/p' | sort -u | head -n 1
}

find_keyring() {
  local file
  for file in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
    [ -e "$file" ] && echo "$file" && return
  done
  die 'the debian-archive-keyring package is missing: install it, or build with the Dockerfile'
}

private_apt() {
  apt-get -q -o Dir::State="$work/state" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
    -o Dir::Etc::sourcelist="$work/debian.sources" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::Etc::preferencesparts=/dev/null -o APT::Sandbox::User=root "$@" >"$work/apt.log" 2>&1 ||
    { cat "$work/apt.log" >&2; die "apt-get ${*: -1}: failed"; }
}

# An empty package status makes apt fetch the whole closure, whatever this machine has installed.
fetch_packages() {
  local mirror
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
    die "Debian's apt-get and dpkg-deb are missing: build with the Dockerfile"
  mirror=$(find_mirror)
  [ -n "$mirror" ] || die "no Debian mirror in this machine's apt sources"
  mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
  : >"$work/status"
  printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
    "$mirror" "$suite" "$(find_keyring)" >"$work/debian.sources"
  say "reading the package lists of Debian $suite"
  private_apt update
  say "fetching ${packages[*]} and what they need"
  private_apt install --yes --no-install-recommends --download-only "${packages[@]}"
}

unpack_packages() {
  local deb
  say 'unpacking'
  mkdir "$work/all"
  # Some packages still carry /bin and /lib: these are links, as on every merged-usr system.
  mkdir -p "$work/all/usr/"{bin,sbin,lib,lib64}
  for deb in bin sbin lib lib64; do ln -s "usr/$deb" "$work/all/$deb"; done
  for deb in "$work"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/all" --keep-directory-symlink \
      --exclude='./usr/share/*' --exclude='./var/*' --exclude='./etc/*'
  done
}

# The tree's own dynamic linker lists what a program loads; this machine's C library may be older.
list_libraries() {
  "$work/all/lib64/$(basename "$linker")" --library-path "$work/all/usr/lib/$triplet" --list "$1" |
    sed -n 's/.* => \(\/[^ ]*\) .*/\1/p'
}

copy() {
  local from=$work/all/$1
  [ -e "$from" ] || die "$1 is not in the packages"
  mkdir -p "$tree/$(dirname "$1")"
  cp -L "$from" "$tree/$1"
}

copy_programs() {
  local file name library
  triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH 2>/dev/null || basename "$(dirname "$(find "$work/all/usr/lib" -name libc.so.6 | head -n 1)")")
  linker=$(find "$work/all/usr/lib" "$work/all/usr/lib64" -name 'ld-linux*.so.*' | sort | head -n 1)
  [ -e "$work/all/lib64/$(basename "$linker")" ] || ln -s "$linker" "$work/all/usr/lib64/$(basename "$linker")"
  for file in "${programs[@]}"; do copy "$file"; done
  # Rules are printed by extensions that are loaded by name: without its extension a match cannot be read.
  mkdir -p "$tree/usr/lib/$triplet"
  cp -a "$work/all/usr/lib/$triplet/xtables" "$tree/usr/lib/$triplet/"
  for file in "${perl_modules[@]}"; do copy "usr/lib/$triplet/perl-base/$file"; done
  for file in "$tree"/usr/{bin,sbin}/* "$tree/usr/lib/$triplet"/xtables/*.so \
    "$tree/usr/lib/$triplet"/perl-base/auto/*/*.so; do list_libraries "$file"; done |
    grep -v '/ld-linux' | sort -u >"$work/libraries"
  while read -r library; do copy "usr/lib/$triplet/$(basename "$library")"; done <"$work/libraries"
  # Where the programs look for it: /lib64 on amd64, /lib on arm64.
  case $linker in *x86-64*) name=lib64 ;; *) name=lib ;; esac
  mkdir -p "$tree/usr/$name"
  cp -L "$work/all/lib64/$(basename "$linker")" "$tree/usr/$name/"
  for name in "${xtables_names[@]}"; do
    ln -s xtables-nft-multi "$tree/usr/sbin/${name/tables/tables-nft}"
    ln -s xtables-legacy-multi "$tree/usr/sbin/${name/tables/tables-legacy}"
  done
}

# busybox has a folder of its own at the end of PATH: the real ip and nsenter come first.
copy_busybox() {
  local name
  mkdir -p "$tree/busybox"
  cp "$work/all/usr/bin/busybox" "$tree/busybox/busybox"
  for name in $("$tree/busybox/busybox" --list); do
    [ "$name" = busybox ] || ln -s busybox "$tree/busybox/$name"
  done
  ln -s ../../busybox/busybox "$tree/usr/bin/sh"
}

make_tree() {
  tree=$1
  mkdir -p "$tree/usr/"{bin,sbin,lib} "$tree"/{proc,sys,dev,run,tmp,etc}
  local name
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$tree/$name"; done
  fetch_packages
  unpack_packages
  copy_programs
  copy_busybox
  touch "$tree/etc/protocols"
  find "$work/cache/archives" -name '*.deb' -printf '%f\n' | sort >"$tree/usr/packages"
}

# Same input, same bytes: no times, no owners, sorted.
plain_tar() { tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu -C "$1" -cf "$2" .; }

make_archive() {
  local archive=$1 tag diff_id architecture
  tag=$(sha256sum "$0" | cut -c 1-12)
  architecture=$(dpkg --print-architecture)
  mkdir "$work/root" "$work/image"
  make_tree "$work/root"
  say 'packing'
  plain_tar "$work/root" "$work/image/layer.tar"
  diff_id=$(sha256sum "$work/image/layer.tar" | cut -d ' ' -f 1)
  cat >"$work/image/config.json" <<END
{"architecture":"$architecture","os":"linux","created":"1970-01-01T00:00:00Z","config":{"Env":["PATH=/usr/sbin:/usr/bin:/busybox"],"Labels":{"io.hopwire.probe.image":"$tag"}},"rootfs":{"type":"layers","diff_ids":["sha256:$diff_id"]},"history":[{"created":"1970-01-01T00:00:00Z","created_by":"hopwire resources/probe/build.sh"}]}
END
  printf '[{"Config":"config.json","RepoTags":["hopwire/probe:%s"],"Layers":["layer.tar"]}]\n' "$tag" >"$work/image/manifest.json"
  plain_tar "$work/image" "$work/image.tar"
  mkdir -p "$(dirname "$archive")"
  # Under another name until it is whole, so that a build that was cut is never taken for an image.
  gzip -9nc "$work/image.tar" >"$archive.$$"
  mv "$archive.$$" "$archive"
  say "$(du -h "$archive" | cut -f 1) in $archive"
}

case ${1-} in
  --tree) make_tree "${2:?build.sh --tree DIR}" ;;
  '' | -*) die 'usage: build.sh ARCHIVE | build.sh --tree DIR' ;;
  *) make_archive "$1" ;;
esac
