#!/bin/sh
# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
#
# First process of a lab machine: gives it its own host name and files, then
# only waits.  Arguments: the machine's name, its directory, and the paths that
# are replaced by what lies below that directory's fs/.
set -e
name=$1
directory=$2
shift 2

hostname "$name"
# A mount of a network namespace inherited from the machine would keep it alive.
umount -R -l /run/netns 2>/dev/null || true
for path in "$@"; do
    if [ ! -d "$path" ] && [ -d "$directory/fs$path" ]; then
        # The real machine lacks it, and is not to get it
        parent=$(dirname "$path")
        layers=$directory/layers$parent
        mkdir -p "$layers/upper" "$layers/work"
        mount -t overlay -o "lowerdir=$parent,upperdir=$layers/upper,workdir=$layers/work" overlay "$parent"
        mkdir -p "$path"
    fi
    mount --bind "$directory/fs$path" "$path"
done
# The own /run hides the directory, hence the open file for the last word.
exec 3> "$directory/ready"
mount -t tmpfs -o mode=755,size=64m tmpfs /run
mkdir -p /run/lock /run/openvswitch /run/libvirt
echo ready >&3
exec 3>&-
# With SIGCHLD ignored the kernel reaps the daemons' orphans (a shell's trap would not
# survive exec).  Left as zombies they make libvirt wait for QEMU processes that have ended.
exec env --ignore-signal=CHLD sleep infinity
