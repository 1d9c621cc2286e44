#!/bin/bash
# The first process of a host of the lab: it runs as pid 1 of new pid, mount, uts and ipc namespaces, in the host's
# network namespace. It lays out the file systems as a host has them and then starts dockerd.
#
#   engine-init.sh DIRECTORY TREE HOSTNAME IMAGES
#
# TREE is empty for the engine that is installed on this machine; IMAGES is what its data start from, empty for nothing.
#
# bash stays as pid 1 because it reaps the orphans that containerd's shims leave; dockerd would not.
set -eu
dir=$1 tree=$2 hostname=$3 images=$4
echo "$hostname" >/proc/sys/kernel/hostname

# A copy of each namespace's mount would keep other labs' namespaces alive for as long as this host lives.
for mounted in /run/netns/*; do umount -l "$mounted" 2>/dev/null || true; done
umount -l /run/netns 2>/dev/null || true

# What the host writes is small and goes with it: in memory no write waits for a disk, and there is nothing to remove.
mkdir -p "$dir/disk"
mount -t tmpfs -o mode=711 tmpfs "$dir/disk"
mkdir -p "$dir/disk/data"
[ -z "$images" ] || cp -a "$images/." "$dir/disk/data"

root=
if [ -n "$tree" ]; then
  # The tree is shared by all runs: each writes to a layer of its own.
  root=$dir/root
  mkdir -p "$root" "$dir/disk/upper" "$dir/disk/work"
  mount -t overlay overlay -o "lowerdir=$tree,upperdir=$dir/disk/upper,workdir=$dir/disk/work" "$root"
  mount --rbind /dev "$root/dev"
  mkdir -p "$root$dir"
  mount --rbind "$dir" "$root$dir"
fi

# A fresh sysfs shows the devices of this network namespace, but comes without the control groups.
mkdir -p "$dir/cgroup"
mount --rbind /sys/fs/cgroup "$dir/cgroup"
mount -t sysfs sysfs "$root/sys"
mount --rbind "$dir/cgroup" "$root/sys/fs/cgroup"
umount -l "$dir/cgroup"
mount -t proc proc "$root/proc"

# An empty /run keeps dockerd from finding the machine's containerd, pid files and xtables lock.
resolv=$(readlink -m "$root/etc/resolv.conf")
mount -t tmpfs -o mode=755 tmpfs "$root/run"
case $resolv in
  /run/*) mkdir -p "$(dirname "$resolv")"; touch "$resolv" ;;
esac

if [ -n "$tree" ]; then
  cp "$dir/resolv.conf" "$root/etc/resolv.conf"
  cd "$root"
  mkdir -p .old
  # runc wants / to be a mount point: a plain chroot would not do.
  pivot_root . .old
  cd /
  umount -l /.old
else
  mount --bind "$dir/resolv.conf" "$resolv"
fi

# As systemd leaves it on real hosts: `-v /run/docker/netns:...:rslave` is refused on a private mount. It is shared within
# this mount namespace only, since unshare has cut it off from the machine's.
mount --make-rshared /

# Most of what is run here lives for a moment and has no garbage worth collecting.
export GOGC=800

# The host ends with its dockerd, unless somebody says that it is to stay and wait for another one (daemon-away.ts). That one
# is started once more when it fails: dockerd gives its containerd no more than 15 seconds, and systemd would do the same.
status=0 again=
while :; do
  dockerd --config-file "$dir/daemon.json" &
  wait $! || status=$?
  if [ ! -e "$dir/away" ]; then
    [ -n "$again" ] || exit $status
    echo "dockerd ended with status $status as it came back, and is started once more"
    again=
    continue
  fi
  while [ -e "$dir/away" ]; do sleep 0.1; done
  again=yes
done
