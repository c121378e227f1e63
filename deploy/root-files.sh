#!/bin/sh
# Lays out the root file system of an image: ddbr, and the parts of the C library that it is linked to, as they are here.
#
#   deploy/root-files.sh <binary> <folder>
#
# Nothing else is needed. The program holds the certificates of the authorities that it trusts and the world's time zones;
# glibc (since 2.34) does its look-ups of hosts without further files.
set -eu
binary=$1
root=$2

install -D -m 755 "$binary" "$root/ddbr"
linked=$(ldd "$binary")
for file in $(printf '%s\n' "$linked" | grep -o '/[^ ]*'); do
  install -D -m 755 "$file" "$root$file"
done
install -d -m 1777 "$root/tmp"
