# SPDX-License-Identifier: MIT
# Sourced by run.sh and compare.sh: the packages and the build that they share.

# install_packages NAME...: those that are missing, with apt-get where there is one.
install_packages() {
  command -v apt-get >/dev/null || return 0
  local missing=() package sudo=""
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok' || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null || { echo "not root and no sudo: cannot install ${missing[*]}" >&2; return 0; }
    sudo=sudo
  fi
  echo "installing ${missing[*]}" >&2
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# configure_benchmarks ROOT BUILD [OPTION...]: benchmarks alone, optimized.
configure_benchmarks() {
  local root=$1 build=$2
  shift 2
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DHALFTONE_TESTS=OFF -DHALFTONE_EXAMPLES=OFF \
    -DHALFTONE_BENCHMARKS=ON "$@" >/dev/null
}
