#!/bin/sh
# Makes .venv in the current folder and installs the project into it, with its dependency groups.
#
#   .ci/venv.sh                 make or refresh .venv
#   .ci/venv.sh --interpreter   print the interpreter that would be chosen, and stop
#
# PYTHON=… names an interpreter; otherwise the newest that really starts is taken: a name on PATH
# may be a version manager's shim for a release that is not there.
set -eu

venv=.venv
stamp=$venv/.installed
newest_first="python3.14 python3.13 python3.12 python3.11 python3 python"
suits='import sys; sys.exit(sys.version_info < (3, 11))'
complete='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

starts() { # INTERPRETER CODE
  "$1" -c "$2" >/dev/null 2>&1
}

first_that() { # CODE: the first interpreter for which it exits with zero
  for candidate in $newest_first; do
    if command -v "$candidate" >/dev/null 2>&1 && starts "$candidate" "$1"; then
      echo "$candidate"
      return
    fi
  done
}

# An older Python that can make environments is worth more than a newer one that cannot.
interpreter() {
  if [ -n "${PYTHON:-}" ]; then
    starts "$PYTHON" "$suits" && echo "$PYTHON"
    return 0
  fi
  found=$(first_that "$complete")
  [ -n "$found" ] || found=$(first_that "$suits")
  echo "$found"
}

fail() {
  echo "$1" >&2
  exit 1
}

make_with() { # LABEL COMMAND…: quiet unless it works; leaves nothing half made
  label=$1
  shift
  rm -rf "$venv"
  if "$@" >/dev/null 2>&1 && starts "$venv/bin/python" "$suits"; then
    echo "made $venv with $label"
    return 0
  fi
  rm -rf "$venv"
  return 1
}

make_venv() {
  python=$(interpreter)
  if [ -z "$python" ]; then
    [ -z "${PYTHON:-}" ] || fail "PYTHON=$PYTHON does not start or is older than 3.11; name another one."
    command -v uv >/dev/null 2>&1 ||
      fail "No Python 3.11 or newer on PATH: install one (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python) or uv."
    make_with "uv" uv venv --seed --python ">=3.11" "$venv" || fail "uv found no Python 3.11 or newer."
    return
  fi
  make_with "$python -m venv" "$python" -m venv "$venv" && return
  command -v uv >/dev/null 2>&1 &&
    make_with "uv" uv venv --seed --python "$(command -v "$python")" "$venv" && return
  make_with "virtualenv" "$python" -m virtualenv "$venv" && return
  command -v virtualenv >/dev/null 2>&1 &&
    make_with "virtualenv" virtualenv --python "$python" "$venv" && return
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  fail "$python cannot make a virtual environment: install python$version-venv (Debian, Ubuntu: apt install python$version-venv), uv or virtualenv."
}

# `--group` reads [dependency-groups]; pip knows it since 25.1.
install() {
  starts "$venv/bin/python" 'import pip, sys; sys.exit(tuple(map(int, pip.__version__.split(".")[:2])) < (25, 1))' ||
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --editable . --group dev --group fixtures
}

# Programs of an environment name the place for which it was made. One whose making was interrupted
# starts, but has nothing to install with.
usable() {
  [ ! -s "$stamp" ] || [ "$(cat "$stamp")" = "$(pwd)" ] || return 1
  starts "$venv/bin/python" "$suits" && starts "$venv/bin/python" 'import pip'
}

if [ "${1:-}" = "--interpreter" ]; then
  interpreter
  exit
fi

usable || make_venv
echo "installing into $venv (the network is needed this once) …"
install
pwd >"$stamp"
