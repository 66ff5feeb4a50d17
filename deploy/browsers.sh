#!/usr/bin/env bash
# Make sure Debian's Chromium and Firefox are there for the browser tests.
set -eu
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v firefox-esr >/dev/null || missing+=(firefox-esr)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "Installing ${missing[*]} for the browser tests…"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -qq -y --no-install-recommends "${missing[@]}"; } >/dev/null
else
  echo "The browser tests need ${missing[*]}. Run: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
