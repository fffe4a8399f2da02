# Shared by bin/test, bin/demo and tools/: makes sure that everything the build and its tests need
# is there. Source it; it defines functions and changes nothing by itself.
#
# As root the missing Debian packages are installed. Everybody else gets the exact command and an
# exit status of 1: a script never asks for a password.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export ROOT

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' CYAN=$'\e[36m' PLAIN=$'\e[0m'
else
  BOLD='' DIM='' RED='' GREEN='' CYAN='' PLAIN=''
fi

say()  { printf '%s\n' "$*"; }
die()  { printf '%s\n' "${RED}error:${PLAIN} $*" >&2; exit 1; }

# The directories that Debian keeps out of a plain user's PATH hold mke2fs and its kin.
PATH=$PATH:/usr/sbin:/sbin

# Major version of the javac in $1 (a JDK's home), or 0.
javac_major() {
  local version
  version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
  printf '%s' "${version:-0}"
}

# A JDK of at least 17: JAVA_HOME, the one in PATH, then what Debian keeps in /usr/lib/jvm.
find_jdk() {
  local candidate in_path
  in_path=$(command -v javac || true)
  [ -z "$in_path" ] || in_path=$(dirname "$(dirname "$(readlink -f "$in_path")")")
  for candidate in "${JAVA_HOME:-}" "$in_path" /usr/lib/jvm/java-17-openjdk-* /usr/lib/jvm/*; do
    if [ -n "$candidate" ] && [ -x "$candidate/bin/javac" ] \
        && [ "$(javac_major "$candidate")" -ge 17 ]; then
      printf '%s' "$candidate"
      return 0
    fi
  done
  return 1
}

# Debian packages that are missing, one a line.
missing_packages() {
  find_jdk > /dev/null || echo openjdk-17-jdk-headless
  command -v mvn > /dev/null || echo maven
  if [ -z "${QMPBS_E2E_QEMU:-}" ]; then
    command -v qemu-system-x86_64 > /dev/null || echo qemu-system-x86
    command -v qemu-img > /dev/null || echo qemu-utils
  fi
  command -v mke2fs > /dev/null || echo e2fsprogs
  [ -e /etc/ssl/certs/ca-certificates.crt ] || echo ca-certificates
  # The shells for which there is completion, and what renders the man pages.
  if [ "${SETUP_FOR:-}" = tests ]; then
    command -v zsh > /dev/null || echo zsh
    command -v fish > /dev/null || echo fish
    command -v groff > /dev/null || echo groff-base
    command -v systemd-analyze > /dev/null || echo systemd
  fi
}

# The name under which this system offers a package: newer Debian and Ubuntu have no JDK 17.
available_name() {
  if [ "$1" = openjdk-17-jdk-headless ] && ! apt-cache show "$1" > /dev/null 2>&1; then
    echo default-jdk-headless
  else
    echo "$1"
  fi
}

ensure_packages() {
  local missing names=() name
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  command -v apt-get > /dev/null \
    || die "missing: $(echo $missing). Install them with this system's package manager (names are Debian's)."
  if [ "$(id -u)" = 0 ]; then
    say "${DIM}installing $(echo $missing)${PLAIN}"
    apt-get update -qq || die "apt-get update failed; is the network there?"
    for name in $missing; do names+=("$(available_name "$name")"); done
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${names[@]}" > /dev/null \
      || die "apt-get could not install ${names[*]}"
    missing=$(missing_packages)
    [ -z "$missing" ] || die "still missing after the installation: $(echo $missing)"
  else
    for name in $missing; do names+=("$(available_name "$name")"); done
    say "Some packages are missing. As root, type:" >&2
    say "" >&2
    say "  ${BOLD}apt-get update && apt-get install -y --no-install-recommends ${names[*]}${PLAIN}" >&2
    say "" >&2
    say "then run this again." >&2
    exit 1
  fi
}

# Sets JAVA_HOME for Maven and for bin/qmpbs, and installs what is missing. With "tests": also what
# only the tests need.
setup() {
  SETUP_FOR=${1:-}
  ensure_packages
  JAVA_HOME=$(find_jdk) || die "no JDK 17 or newer found"
  export JAVA_HOME
  PATH=$JAVA_HOME/bin:$PATH
}

# A program of QEMU: from the folder in QMPBS_E2E_QEMU, else from PATH.
qemu_program() {
  if [ -n "${QMPBS_E2E_QEMU:-}" ]; then
    printf '%s/%s' "$QMPBS_E2E_QEMU" "$1"
  else
    command -v "$1" || die "$1 is not in PATH"
  fi
}
