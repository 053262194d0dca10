# shellcheck shell=bash
# Brings a machine to the point where this checkout can build, test and run guests. Sourced by
# scripts/demo, scripts/test and scripts/dev, which call the steps they need:
#
#   set_up_tools       Node and pnpm, first on PATH
#   set_up_system      QEMU, from Debian's packages, and programs that a caller names
#   set_up_workspace   node_modules
#   set_up_build       packages/*/dist
#
# Every step looks first and is silent when there is nothing to do; otherwise it says in one line
# what it does. What it says goes to stderr, so a caller's stdout stays its own.
set -eu

node_major=24
polyvirt_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# With HOME unset, bash takes ~ from the password file.
[ -n "${HOME:-}" ] || { HOME=$(cd ~ && pwd) && export HOME; }
case ${XDG_CACHE_HOME:-} in
  /*) polyvirt_cache=$XDG_CACHE_HOME/polyvirt ;;
  *) polyvirt_cache=$HOME/.cache/polyvirt ;; # the XDG specification: a relative path is ignored
esac
tools=$polyvirt_cache/tools
machine_path=$PATH

# pnpm would look for the version in packageManager on the network at each call; it is that version.
export pnpm_config_pm_on_fail=ignore
# The build tool reports usage over the network unless told not to.
export TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1

say() { printf 'polyvirt: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command with its output kept away, and shows the end of it only where the command fails.
# shellcheck disable=SC2317 # called from the steps below
quietly() {
  local log status=0
  log=$(mktemp "${TMPDIR:-/tmp}/polyvirt-setup.XXXXXX")
  "$@" </dev/null >"$log" 2>&1 || status=$?
  [ "$status" -eq 0 ] || tail -n 40 "$log" >&2
  rm -f "$log"
  return "$status"
}

# Two set-ups at once take turns. The lock is the kernel's, so it cannot outlive its holder.
# Usage: ( take_turn; … ) 9>>FILE
take_turn() {
  have flock || return 0
  flock -n 9 || {
    say 'waiting for another set-up to finish'
    flock 9
  }
}

# --- Node and pnpm ------------------------------------------------------------------------------

set_up_tools() {
  local platform pnpm_version
  platform=$(uname -s)-$(uname -m)
  pnpm_version=$(sed -n 's/.*"packageManager": *"pnpm@\([^"+]*\).*/\1/p' "$polyvirt_root/package.json")
  if ! node_is_recent; then
    ensure_tool "node-$node_major-$platform" "node@$node_major" node "Node $node_major"
  fi
  ensure_tool "pnpm-$pnpm_version-$platform" "pnpm@$pnpm_version" pnpm "pnpm $pnpm_version"
}

node_is_recent() {
  local version
  version=$(node -v 2>/dev/null) || return 1
  version=${version#v}
  [ "${version%%.*}" -ge "$node_major" ]
}

# ensure_tool DIRECTORY SPEC COMMAND TITLE
ensure_tool() {
  local bin=$tools/$1/node_modules/.bin
  if [ ! -x "$bin/$3" ]; then
    have npm || fail "npm is missing, and $4 comes from it; as root run: apt-get install -y nodejs npm"
    mkdir -p "$tools" || fail "cannot write to $tools; set XDG_CACHE_HOME to a directory you own"
    (
      take_turn
      install_tool "$@"
    ) 9>>"$tools/.lock"
  fi
  PATH=$bin:$PATH
  export PATH
}

# The directory appears under its name only when all of it is there and works: an interrupted
# install leaves nothing but .staging, which the next one removes.
install_tool() {
  local target=$tools/$1 staging=$tools/.staging
  [ ! -x "$target/node_modules/.bin/$3" ] || return 0
  say "installing $4 into $tools (once)"
  rm -rf "$staging" "$target"
  mkdir "$staging"
  # Both packages place their program in an install script, which npm runs only where allowed.
  # npm itself keeps to the machine's node: it finds the machine's settings (a proxy, a company's
  # certificates) beside it.
  echo '{ "private": true, "allowScripts": { "node": true, "pnpm": true } }' >"$staging/package.json"
  (cd "$staging" && PATH=$machine_path quietly npm install --no-audit --no-fund --no-update-notifier \
    --ignore-scripts=false "$2") ||
    fail "npm could not install $2"
  "$staging/node_modules/.bin/$3" --version >/dev/null ||
    fail "the $3 of npm's $2 does not run on this machine"
  mv "$staging" "$target"
}

# --- QEMU ---------------------------------------------------------------------------------------

# set_up_system [COMMAND:PACKAGE…]: QEMU, and what else the caller needs.
set_up_system() {
  local packages
  also_needed=("$@")
  packages=$(missing_packages)
  [ -n "$packages" ] || return 0

  local command="apt-get install -y --no-install-recommends $packages"
  have apt-get || fail "programs are missing; on Debian or Ubuntu: $command"
  [ "$(id -u)" -eq 0 ] || fail "Debian packages are missing; as root run: $command"
  mkdir -p "$polyvirt_cache"
  (
    take_turn
    install_packages
  ) 9>>"$polyvirt_cache/.lock"
  hash -r
}

# What counts is the command on PATH, whoever put it there.
missing_packages() {
  local packages=()
  have qemu-system-x86_64 || packages+=(qemu-system-x86)
  have qemu-system-ppc64 || packages+=(qemu-system-ppc)
  have qemu-img || packages+=(qemu-utils)
  local need
  for need in "${also_needed[@]}"; do
    have "${need%%:*}" || packages+=("${need#*:}")
  done
  echo "${packages[*]}"
}

install_packages() {
  local packages
  read -ra packages <<<"$(missing_packages)"
  [ "${#packages[@]}" -gt 0 ] || return 0
  say "installing Debian packages: ${packages[*]}"
  # The lists may be absent or out of date, and then the first try fails at once.
  apt install -y --no-install-recommends "${packages[@]}" >/dev/null 2>&1 || {
    quietly apt update && quietly apt install -y --no-install-recommends "${packages[@]}"
  } || fail "apt-get could not install them; try it yourself: apt-get install ${packages[*]}"
  [ -z "$(missing_packages)" ] || fail "still missing after the installation: $(missing_packages)"
}

apt() {
  # dpkg needs ldconfig and start-stop-daemon, which a short PATH leaves out.
  DEBIAN_FRONTEND=noninteractive PATH=$PATH:/usr/sbin:/sbin \
    apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# --- The workspace ------------------------------------------------------------------------------

set_up_workspace() {
  workspace_is_installed || (
    take_turn
    workspace_is_installed || install_workspace
  ) 9<"$polyvirt_root/package.json"
}

workspace_is_installed() {
  local stamp=$polyvirt_root/node_modules/.polyvirt-installed
  [ -f "$stamp" ] && [ "$(workspace_key)" = "$(<"$stamp")" ]
}

# What decides the contents of node_modules.
workspace_key() {
  (cd "$polyvirt_root" && cat pnpm-lock.yaml pnpm-workspace.yaml package.json packages/*/package.json) |
    cksum
}

install_workspace() {
  say 'installing npm packages (pnpm install)'
  local flags=(--config.confirmModulesPurge=false)
  [ "${CI:-}" != true ] || flags+=(--frozen-lockfile)
  rm -f "$polyvirt_root/node_modules/.polyvirt-installed"
  (cd "$polyvirt_root" && quietly pnpm install "${flags[@]}") ||
    fail "pnpm install failed in $polyvirt_root; it must be yours to write to"
  workspace_key >"$polyvirt_root/node_modules/.polyvirt-installed"
}

# --- The build ----------------------------------------------------------------------------------

set_up_build() {
  build_is_current || (
    take_turn
    build_is_current || build
  ) 9<"$polyvirt_root/package.json"
}

build_is_current() {
  local stamp=$polyvirt_root/node_modules/.polyvirt-built package
  [ -f "$stamp" ] || return 1
  for package in "$polyvirt_root"/packages/*/; do
    [ ! -f "$package/tsconfig.json" ] || [ -d "$package/dist" ] || return 1
  done
  # Directories count too: a file that was removed shows in its directory's time.
  [ -z "$(find "$polyvirt_root"/packages/*/src "$polyvirt_root"/packages/*/*.json \
    "$polyvirt_root"/tsconfig*.json "$polyvirt_root/pnpm-lock.yaml" -newer "$stamp" -print -quit)" ]
}

build() {
  say 'building the packages (turbo run build)'
  local stamp=$polyvirt_root/node_modules/.polyvirt-built
  # The stamp carries the time the build began: a source saved meanwhile is newer.
  touch "$stamp.begun"
  (cd "$polyvirt_root" && quietly pnpm build) || fail 'the build failed'
  mv "$stamp.begun" "$stamp"
}
