# shellcheck shell=bash
# What ./run and ./test share: finding out what this machine lacks and installing it.
# Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_CLI_UI_LANGUAGE=en
# A build node that stays behind would keep a caller's pipe open (and a CI job waiting).
export MSBUILDDISABLENODEREUSE=1

# A closed standard input would hand its number to the next file that is opened.
{ : <&0; } 2>/dev/null || exec </dev/null

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# The package that brings libvpx has its ABI in its name, another one in each release: libvpx7 in
# Debian 12 and Ubuntu 22.04, libvpx9 in Debian 13 and Ubuntu 24.04. The newest on offer is taken.
libvpx_package() {
  apt-cache search --names-only '^libvpx[0-9]+$' 2>/dev/null | awk '{print $1}' | sort -V | tail -n 1
}

shared_library() {
  local cache
  # Where this cannot be asked (musl, macOS), the server itself names a library that it cannot load.
  cache=$("$(command -v ldconfig || echo /sbin/ldconfig)" -p 2>/dev/null) || return 0
  grep -qE "^[[:space:]]*$1" <<<"$cache"
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

# install_packages NAME...: apt packages; NAME "libvpx" stands for this release's one.
install_packages() {
  local wanted=("$@") names=() name by=""
  if ! have apt-get; then
    say "Missing: ${wanted[*]}. This machine has no apt; please install them with its own package manager:"
    for name in "${wanted[@]}"; do
      case $name in
        libvpx) say "  libvpx (VP8; libvpx.so): 'libvpx' in Fedora, Arch, Alpine and Homebrew" ;;
        libopus0) say "  libopus (Opus; libopus.so.0): 'opus' in Fedora, Arch, Alpine and Homebrew" ;;
        espeak-ng) say "  espeak-ng (the program 'espeak-ng' on the PATH): 'espeak-ng' everywhere" ;;
        fonts-wqy-microhei) say "  a Chinese font, such as WenQuanYi Micro Hei or Noto Sans CJK" ;;
        *) say "  $name" ;;
      esac
    done
    exit 1
  fi
  if [[ $(id -u) -ne 0 ]]; then
    by=" (with sudo)"
    have sudo || die "Missing: ${wanted[*]}. Neither root nor sudo here; as root, please run: apt-get install ${wanted[*]/%libvpx/libvpx7 (or libvpx9)}"
  fi

  say "Installing what is missing$by: ${wanted[*]}"
  as_root apt-get update -qq || die "apt-get update failed; please install by hand: ${wanted[*]}"
  for name in "${wanted[@]}"; do
    if [[ $name == libvpx ]]; then
      name=$(libvpx_package)
      [[ -n $name ]] || die "apt knows no libvpx package here; please install one that brings libvpx.so."
    fi
    names+=("$name")
  done
  local log
  log=$(mktemp)
  if ! as_root apt-get install -y -qq --no-install-recommends "${names[@]}" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    die "apt-get could not install: ${names[*]}"
  fi
  rm -f "$log"
}

# What the server needs besides .NET.
missing_for_server() {
  shared_library 'libvpx\.so\.[0-9]' || echo libvpx
  shared_library 'libopus\.so\.0' || echo libopus0
  have espeak-ng || echo espeak-ng
  # The recogniser of this machine (Whisper) is built with it; the server does without where none is set.
  if have apt-get; then shared_library 'libgomp\.so\.1' || echo libgomp1; fi
  # English sounds better with it, and the server does without where it is not to be had.
  if have apt-get; then shared_library 'libflite_cmu_us_slt\.so\.1' || echo libflite1; fi
}

# What the tests of sound compare with: recordings as people have them, and another voice.
missing_for_sound() {
  have ffmpeg || echo ffmpeg
  have text2wave || echo festival
  [[ -d /usr/share/festival/voices/english/kal_diphone ]] || echo festvox-kallpc16k
}

# What the SDK itself needs where it was unpacked and not installed as a package: it restores over TLS, with the system's certificates.
missing_for_dotnet() {
  have apt-get || return 0
  [[ -e /etc/ssl/certs/ca-certificates.crt || -n ${SSL_CERT_FILE:-} || -n ${SSL_CERT_DIR:-} ]] || echo ca-certificates
  shared_library 'libssl\.so\.[0-9]' || echo openssl
}

require_dotnet() {
  if ! have dotnet && [[ -x ${HOME:-}/.dotnet/dotnet ]]; then
    export DOTNET_ROOT=$HOME/.dotnet PATH=$HOME/.dotnet:$PATH
  fi
  # Nothing here depends on a language's rules; without ICU the SDK would not even start.
  shared_library 'libicuuc\.so' || export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
  local version said
  said=$(cd "$root" && dotnet --version 2>&1) || version=none
  version=${version:-$said}
  if [[ $version == none ]] && have dotnet; then
    die "dotnet does not start on this machine. It says:" "$said"
  fi
  [[ $version =~ ^([0-9]+)\. && ${BASH_REMATCH[1]} -ge 10 ]] ||
    die "Holdfast needs the .NET 10 SDK (found: $version). Get it at https://dotnet.microsoft.com/download/dotnet/10.0"
  local needs
  mapfile -t needs < <(missing_for_dotnet)
  require "${needs[@]}"
}

# What the tests need besides: a browser, a Chinese font for its pictures, Node.js for the client's own tests.
missing_for_tests() {
  local with_browser=$1
  if [[ $with_browser == yes ]]; then
    [[ -n $(browser) ]] || echo chromium
    # Without fontconfig nothing can be asked, and the browser brings it.
    if ! have fc-list || [[ -z $(fc-list :lang=zh-cn family) ]]; then echo fonts-wqy-microhei; fi
  fi
  have node || echo nodejs
  have npm || echo npm
}

# What the lab's isolated networks need: namespaces, and a router between them that can be told to lose packets. Only root may
# have them, and only on Linux; elsewhere their tests say so and are skipped.
missing_for_networks() {
  [[ $(uname -s) == Linux && $(id -u) -eq 0 ]] || return 0
  local folders=$PATH:/usr/sbin:/sbin
  PATH=$folders have ip || echo iproute2
  PATH=$folders have nft || echo nftables
  PATH=$folders have conntrack || echo conntrack
}

# What checks the alerts and Prometheus' configuration: promtool, which Debian and Ubuntu have in prometheus' own package. It would start
# Prometheus as a service, which nobody has asked for. Elsewhere its tests say so and are skipped.
require_promtool() {
  if have promtool || ! have apt-get; then return; fi
  install_packages prometheus
  if have systemctl; then
    as_root systemctl disable --now prometheus prometheus-node-exporter >/dev/null 2>&1 || true
  elif [[ -x /etc/init.d/prometheus ]]; then
    as_root /etc/init.d/prometheus stop >/dev/null 2>&1 || true
  fi
}

# The browsers of the outage matrix.
missing_for_matrix() {
  missing_for_networks
  [[ -n $(browser) ]] || echo chromium
  missing_for_firefox
}

# Debian has Firefox's ESR; Ubuntu's package is only a stub that asks for a snap. Where there is none, its tests say so and are skipped.
missing_for_firefox() {
  grep -qsx 'ID=debian' /etc/os-release || return 0
  have firefox-esr || have firefox || echo firefox-esr
}

# The proxies that tests put before a server. Debian starts each as a service when it is installed, which nobody has asked for.
require_proxies() {
  local one
  for one in "$@"; do
    if PATH=$PATH:/usr/sbin:/sbin have "$one"; then continue; fi
    install_packages "$one"
    if have systemctl; then as_root systemctl disable --now "$one" >/dev/null 2>&1 || true; fi
  done
}

# What the server's tests stream to: a WHIP server of another make.
missing_for_whip() {
  have apt-get || return 0
  /usr/bin/python3 -c 'import aiortc' 2>/dev/null || echo python3-aiortc
}

# Other programs that speak WebRTC, as Debian and Ubuntu have them; elsewhere their tests say so and are skipped.
missing_for_peers() {
  have apt-get || return 0
  missing_for_whip
  /usr/bin/python3 -c 'import gi; gi.require_version("GstWebRTC", "1.0")' 2>/dev/null || printf '%s\n' python3-gi gir1.2-gst-plugins-bad-1.0
  local element package
  while read -r element package; do
    find /usr/lib -name "libgst$element.so" -print -quit 2>/dev/null | grep -q . || echo "$package"
  done <<'EOF' | sort -u
webrtc gstreamer1.0-plugins-bad
opus gstreamer1.0-plugins-base
vpx gstreamer1.0-plugins-good
nice gstreamer1.0-nice
EOF
}

# The Chromium that the tests drive: HOLDFAST_CHROMIUM, or the first of the usual names.
browser() {
  local name
  if [[ -n ${HOLDFAST_CHROMIUM:-} ]]; then
    echo "$HOLDFAST_CHROMIUM"
    return
  fi
  for name in chromium chromium-browser google-chrome-stable google-chrome; do
    # Ubuntu's chromium-browser may be a stub that only asks for a snap: a browser knows its version.
    if have "$name" && "$name" --version >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
}

require_node() {
  local version
  version=$(node --version 2>/dev/null) || version=none
  [[ $version =~ ^v([0-9]+)\. && ${BASH_REMATCH[1]} -ge 20 ]] ||
    die "The client's tests need Node.js 20 or later (found: $version); see https://nodejs.org/en/download"
}

# require NAME...: installs the packages named, if any are.
require() {
  if [[ $# -gt 0 ]]; then
    install_packages "$@"
  fi
}
