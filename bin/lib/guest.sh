#!/usr/bin/env bash
# Makes the small Linux machine that tests and demo run: a kernel and an initramfs that takes shell
# commands on the serial console. Debian packages are unpacked (not installed) into .e2e/guest,
# which is kept: a second run does nothing.
#
# Result: .e2e/guest/vmlinuz, .e2e/guest/initrd.gz, and .e2e/guest/initrd-agent.gz, which has
# Debian's qemu-guest-agent with its libraries and modules in /agent as well
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

GUEST=$ROOT/.e2e/guest
# Changes whenever this script does, so that an old guest is never used with a new harness.
STAMP=$(cksum < "${BASH_SOURCE[0]}")

mkdir -p "$GUEST"
exec 9> "$GUEST/lock"
flock 9
if [ "$(cat "$GUEST/stamp" 2> /dev/null)" = "$STAMP" ]; then
  exit 0
fi

command -v apt-get > /dev/null || die "the test guest comes from Debian packages, and apt-get is not here"
if ! apt-cache show linux-image-cloud-amd64 busybox-static qemu-guest-agent > /dev/null 2>&1; then
  [ "$(id -u)" = 0 ] || die "apt knows no packages yet. As root, type: apt-get update"
  apt-get update -qq
fi

WORK=$(mktemp -d "$GUEST/work.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
# apt drops its privileges for downloads and complains when it cannot write here as that user.
mkdir "$WORK/packages" "$WORK/unpacked"
kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends: linux-image-/ { print $2; exit }')
[ -n "$kernel" ] || die "linux-image-cloud-amd64 depends on no kernel that this script knows"
(cd "$WORK/packages" && apt-get download -qq -o APT::Sandbox::User=root "$kernel" busybox-static > /dev/null) \
  || die "could not download $kernel and busybox-static"
for package in "$WORK"/packages/*.deb; do dpkg -x "$package" "$WORK/unpacked"; done

# The agent with all libraries, so that it is this Debian's and not the host's.
libraries=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks \
  --no-replaces --no-enhances qemu-guest-agent | grep -E '^(lib|zlib)' | grep -vE 'perl|gdbm|libdb' | sort -u)
mkdir "$WORK/agent-packages" "$WORK/agent-unpacked"
(cd "$WORK/agent-packages" \
  && apt-get download -qq -o APT::Sandbox::User=root qemu-guest-agent $libraries > /dev/null) \
  || die "could not download qemu-guest-agent and its libraries"
for package in "$WORK"/agent-packages/*.deb; do dpkg -x "$package" "$WORK/agent-unpacked"; done

# Debian moved /bin into /usr between its releases.
busybox=$(find "$WORK/unpacked" -type f -perm -u+x -name busybox -print -quit)
[ -x "$busybox" ] || die "no busybox in busybox-static"
version=$(basename "$(find "$WORK/unpacked" -type d -path '*/modules/*-cloud-amd64' -print -quit)")
modules=$(find "$WORK/unpacked" -type d -path "*/modules/$version" -print -quit)

initrd=$WORK/initrd
mkdir -p "$initrd/bin" "$initrd/modules"
cp "$busybox" "$initrd/bin/busybox"

# The block drivers are modules: take each with what it needs, in the order of loading. depmod of
# busybox lists "module: needed..." with the deepest need last, and wants <base>/lib/modules.
mkdir -p "$WORK/base/lib/modules"
mv "$modules" "$WORK/base/lib/modules/$version"
modules=$WORK/base/lib/modules/$version
find "$modules" -name '*.ko.xz' -exec xz -d {} +
"$busybox" depmod -n -b "$WORK/base" "$version" 2> /dev/null > "$WORK/dependencies"
# Usage: take_module NAME FOLDER; what the initrd loads is not taken again.
take_module() {
  local line needed module name
  # Some kernels have it built in.
  if grep -qE "/$1\.ko$" "$modules/modules.builtin"; then return; fi
  line=$(grep -E "/$1\.ko:" "$WORK/dependencies") || die "kernel $version has no module $1"
  needed=$(printf '%s\n' ${line/:/ } | tac)
  for module in $needed; do
    name=$(basename "$module")
    if [ ! -e "$initrd/modules/$name" ] && [ ! -e "$2/$name" ]; then
      cp "$modules/$module" "$2/$name"
      echo "$name" >> "$2/order"
    fi
  done
}
for wanted in virtio_pci virtio_blk virtio_scsi sd_mod; do take_module "$wanted" "$initrd/modules"; done

# What only the machine with the agent has: it lies over the initrd.
overlay=$WORK/overlay
mkdir -p "$overlay/agent/modules" "$overlay/agent/lib"
touch "$overlay/agent/modules/order"
for wanted in virtio_console ext4; do take_module "$wanted" "$overlay/agent/modules"; done
agent=$(find "$WORK/agent-unpacked" -type f -perm -u+x -name qemu-ga -print -quit)
loader=$(find "$WORK/agent-unpacked" -name 'ld-linux-x86-64.so.2' -print -quit)
folders=$(find "$WORK/agent-unpacked" -type d -name x86_64-linux-gnu -printf '%p:')
cp "$agent" "$overlay/agent/qemu-ga"
cp -L "$loader" "$overlay/agent/lib/"
"$loader" --library-path "$folders" --list "$agent" > "$WORK/libraries" || die "qemu-ga lacks a library"
awk '$3 ~ /^\// { print $3 }' "$WORK/libraries" | while read -r library; do
  case $library in
    "$WORK"/*) cp -L "$library" "$overlay/agent/lib/" ;;
    *) die "qemu-ga would take $library from this host" ;;
  esac
done
cat > "$overlay/agent/start" << 'START'
#!/bin/sh
# Loads what the agent needs and starts it; it makes /run/qga.pid when it is in the background.
for module in $(cat /agent/modules/order); do insmod /agent/modules/$module; done
for try in 1 2 3 4 5 6 7 8 9 10; do
  [ -e /dev/vport0p1 ] && break
  usleep 100000
done
mkdir -p /run
/agent/lib/ld-linux-x86-64.so.2 --library-path /agent/lib /agent/qemu-ga \
  -d -m virtio-serial -p /dev/vport0p1 -t /run -f /run/qga.pid
START
chmod 755 "$overlay/agent/start"

cat > "$initrd/init" << 'INIT'
#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /mnt /tmp
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
exec < /dev/ttyS0 > /dev/ttyS0 2>&1
stty -echo -onlcr
for module in $(cat /modules/order); do insmod /modules/$module; done
# Drivers look for their disks in threads of their own; one without a disk is fine as well.
for try in 1 2 3 4 5 6 7 8 9 10; do
  ls /sys/block | grep -qE '^(vd|sd)' && break
  usleep 100000
done
echo READY
# One line in, its output and "DONE <status>" out.
while read -r line; do
  eval "$line"
  status=$?
  echo
  echo "DONE $status"
done
poweroff -f
INIT
chmod 755 "$initrd/init"

(cd "$initrd" && find . | "$busybox" cpio -o -H newc 2> /dev/null) | gzip -1 > "$WORK/initrd.gz"
# The kernel unpacks one archive after the other.
(cd "$overlay" && find . | "$busybox" cpio -o -H newc 2> /dev/null) | gzip -1 > "$WORK/overlay.gz"
cat "$WORK/initrd.gz" "$WORK/overlay.gz" > "$WORK/initrd-agent.gz"
mv "$WORK/initrd-agent.gz" "$GUEST/initrd-agent.gz"
mv "$WORK/initrd.gz" "$GUEST/initrd.gz"
cp "$(find "$WORK/unpacked" -name "vmlinuz-*" -print -quit)" "$GUEST/vmlinuz"
chmod 644 "$GUEST/vmlinuz"
printf '%s\n' "$STAMP" > "$GUEST/stamp"
