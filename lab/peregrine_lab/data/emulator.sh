#!/bin/sh
# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
#
# QEMU for the lab's guests, which it emulates.  Before version 9.0 it loses
# writes of an emulated guest during a migration: when it reads which pages have
# been written in blocks of 64, it does not make the emulator note the next
# write to them.  The more passes the copy takes, the more guests end with a
# corrupted memory.  It reads page by page where the memory is no multiple of 64
# pages, so the guests get two pages more than libvirt can say.

left=$#
while [ "$left" -gt 0 ]; do
    left=$((left - 1))
    argument=$1
    shift
    case $argument in
        '{"qom-type":"memory-backend-ram","id":"pc.ram","size":'*)
            size=${argument##*:}
            size=${size%\}}
            memory=$((size + 8192))
            argument="{\"qom-type\":\"memory-backend-ram\",\"id\":\"pc.ram\",\"size\":$memory}"
            ;;
    esac
    if [ "$previous" = -m ] && [ "$argument" -eq "$argument" ] 2> /dev/null; then
        argument="$((argument * 1024 + 8))k"
    fi
    previous=$argument
    set -- "$@" "$argument"
done
exec /usr/bin/qemu-system-x86_64 "$@"
