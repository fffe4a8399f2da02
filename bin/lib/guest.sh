#!/usr/bin/env bash
# Makes the small Linux machine that tests and demo run: a kernel and an initramfs that takes shell
# commands on the serial console. Two Debian packages are unpacked (not installed) into
# .e2e/guest, which is kept: a second run does nothing.
#
# Result: .e2e/guest/vmlinuz and .e2e/guest/initrd.gz
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
if ! apt-cache show linux-image-cloud-amd64 busybox-static > /dev/null 2>&1; then
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
for wanted in virtio_pci virtio_blk virtio_scsi sd_mod; do
  line=$(grep -E "/$wanted\.ko:" "$WORK/dependencies") || die "kernel $version has no module $wanted"
  needed=$(printf '%s\n' ${line/:/ } | tac)
  for module in $needed; do
    name=$(basename "$module")
    if [ ! -e "$initrd/modules/$name" ]; then
      cp "$modules/$module" "$initrd/modules/$name"
      echo "$name" >> "$initrd/modules/order"
    fi
  done
done

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
mv "$WORK/initrd.gz" "$GUEST/initrd.gz"
cp "$(find "$WORK/unpacked" -name "vmlinuz-*" -print -quit)" "$GUEST/vmlinuz"
chmod 644 "$GUEST/vmlinuz"
printf '%s\n' "$STAMP" > "$GUEST/stamp"
