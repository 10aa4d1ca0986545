#!/bin/busybox sh
# Copyright (c) 2026 The Peregrine authors and others. All rights reserved.
#
# This program and the accompanying materials are made available under the
# terms of the Eclipse Public License v1.0 which accompanies this distribution,
# and is available at http://www.eclipse.org/legal/epl-v10.html
#
# The whole user space of a guest.  Its settings are words pg.KEY=VALUE on the
# kernel's command line.  It answers ping, echoes TCP on port 7, and writes one
# numbered block to its disk each second.  A program /start/PORT, which only
# benchmarks and tests add, is run for each connection to that TCP port.

/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox --install -s /bin
export PATH=/bin

name=guest address= address1= gateway= mtu=1400
for word in $(cat /proc/cmdline); do
    case $word in
        pg.name=*) name=${word#*=} ;;
        pg.address=*) address=${word#*=} ;;
        pg.address1=*) address1=${word#*=} ;;
        pg.gateway=*) gateway=${word#*=} ;;
        pg.mtu=*) mtu=${word#*=} ;;
    esac
done
hostname "$name"

for module in /modules/*.ko; do
    case $module in
        # Else frames that wait for QEMU count against the one socket that answers pings, and after a pause it drops some
        */*virtio_net.ko) options=napi_tx=0 ;;
        *) options= ;;
    esac
    insmod "$module" $options || echo "PEREGRINE-GUEST-FAILED insmod $module"
done

ip link set lo up
ip link set eth0 mtu "$mtu" up || echo "PEREGRINE-GUEST-FAILED no network card"
[ -z "$address" ] || ip addr add "$address" dev eth0
if [ -n "$address1" ]; then
    ip link set eth1 mtu "$mtu" up && ip addr add "$address1" dev eth1 ||
        echo "PEREGRINE-GUEST-FAILED no second network card"
    arping -U -c 5 -I eth1 "${address1%/*}" > /dev/null 2>&1 &
fi
[ -z "$gateway" ] || ip route add default via "$gateway"

nc -ll -p 7 -e cat &
for program in /start/*; do
    [ ! -x "$program" ] || nc -ll -p "${program#/start/}" -e "$program" &
done

# Announce the address: again for some seconds, since the network may still learn of this port.
[ -z "$address" ] || arping -U -c 5 -I eth0 "${address%/*}" > /dev/null 2>&1 &

# Block n % 1024 of the disk holds "NAME NUMBER"; a write that fails is told on the console.
write_disk() {
    number=0
    while :; do
        number=$((number + 1))
        printf '%-511s\n' "$name $number" |
            dd of=/dev/vda bs=512 seek=$((number % 1024)) conv=notrunc,fsync 2> /dev/null ||
            echo "PEREGRINE-DISK-FAILED $number"
        sleep 1
    done
}
write_disk &

echo "PEREGRINE-GUEST-READY $name $address $(cat /proc/uptime)"
while :; do
    wait
    sleep 3600
done
