#!/usr/bin/env bash
# Gives the small Linux machine of bin/lib/guest.sh a program that writes to its disks past the caches,
# in a steady rhythm, and knows what it wrote: guest-writer.pl beside this file, and the Perl of
# Debian's perl-base with the libraries it needs, unpacked (not installed). Kept like the machine.
#
# Result: .e2e/guest/initrd-writer.gz, with /writer/start; see guest-writer.pl for its arguments
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
HERE=$(dirname "${BASH_SOURCE[0]}")
bash "$HERE/guest.sh"

GUEST=$ROOT/.e2e/guest
exec 9> "$GUEST/lock"
flock 9
STAMP="$(cat "${BASH_SOURCE[0]}" "$HERE/guest-writer.pl" | cksum) $(cat "$GUEST/stamp")"
if [ "$(cat "$GUEST/writer-stamp" 2> /dev/null)" = "$STAMP" ]; then
  exit 0
fi

WORK=$(mktemp -d "$GUEST/work.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
mkdir "$WORK/packages" "$WORK/unpacked"
# apt drops its privileges for downloads and complains when it cannot write here as that user.
(cd "$WORK/packages" && apt-get download -qq -o APT::Sandbox::User=root busybox-static perl-base libc6 libcrypt1 > /dev/null) \
  || die "could not download perl-base and its libraries"
for package in "$WORK"/packages/*.deb; do dpkg -x "$package" "$WORK/unpacked"; done

# The packages' own libraries and loader, so that it does not matter what this host has.
writer=$WORK/initrd/writer
mkdir -p "$writer/lib"
perl=$(find "$WORK/unpacked" -type f -path '*/bin/perl' -print -quit)
loader=$(find "$WORK/unpacked" -name ld-linux-x86-64.so.2 -print -quit)
folders=$(find "$WORK/unpacked" -type d -name x86_64-linux-gnu -printf '%p:')
busybox=$(find "$WORK/unpacked" -type f -perm -u+x -name busybox -print -quit)
[ -x "$perl" ] && [ -e "$loader" ] && [ -x "$busybox" ] || die "perl-base, libc6 or busybox-static is not what this script knows"
cp "$perl" "$writer/perl"
cp -L "$(readlink -f "$loader")" "$writer/lib/ld.so"
"$writer/lib/ld.so" --library-path "$folders" --list "$perl" > "$WORK/libraries" || die "perl lacks a library"
awk '$3 ~ /^\// { print $3 }' "$WORK/libraries" | while read -r library; do
  case $library in
    "$writer"/*) ;; # the loader itself
    "$WORK"/*) cp -L "$library" "$writer/lib/" ;;
    *) die "perl would take $library from this host" ;;
  esac
done
cp "$HERE/guest-writer.pl" "$writer/writer.pl"
cat > "$writer/start" << 'START'
#!/bin/sh
exec /writer/lib/ld.so --library-path /writer/lib /writer/perl /writer/writer.pl "$@"
START
chmod 755 "$writer/start"

# The kernel unpacks one archive after the other.
(cd "$WORK/initrd" && find . | "$busybox" cpio -o -H newc 2> /dev/null) | gzip -1 > "$WORK/writer.gz"
cat "$GUEST/initrd.gz" "$WORK/writer.gz" > "$WORK/initrd-writer.gz"
mv "$WORK/initrd-writer.gz" "$GUEST/initrd-writer.gz"
printf '%s\n' "$STAMP" > "$GUEST/writer-stamp"
