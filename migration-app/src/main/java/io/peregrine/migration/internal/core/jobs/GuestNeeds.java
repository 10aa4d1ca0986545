/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What a guest needs of the hypervisor it is moved to.
 *
 * @param uuid the domain
 * @param name its name
 * @param memory its memory, bytes
 * @param virtType kvm or qemu
 * @param arch the architecture, such as x86_64
 * @param machine the machine type
 * @param emulator the emulator's path, empty if it is libvirt's default
 * @param cpu the CPU that it sees, empty if that is QEMU's default
 * @param disks its disks
 * @param tied devices of the host's own that it uses, which do not move
 * @param mtu the largest MTU that libvirt gives its interfaces, empty if it gives none to one of them
 */
public record GuestNeeds(UUID uuid, String name, long memory, String virtType, String arch, String machine,
        Optional<String> emulator, Optional<Cpu> cpu, List<Disk> disks, List<String> tied, OptionalLong mtu) {
    private static final String NFS = "nfs:";

    public GuestNeeds {
        disks = List.copyOf(disks);
        tied = List.copyOf(tied);
    }

    /**
     * A CPU.
     *
     * @param mode libvirt's mode, such as custom or host-passthrough
     * @param xml its XML
     */
    public record Cpu(String mode, String xml) {
    }

    /**
     * A disk that has something in it.
     *
     * @param target its name in the guest
     * @param source where its data is: a path, a volume as pool/name, or protocol:name of a network disk
     * @param network whether it is reached over the network by QEMU itself
     * @param servers the servers of a network disk
     * @param readOnly whether the guest cannot write it
     * @param volume the volume that libvirt has to find for it, empty if it has a path or is a network disk
     */
    public record Disk(String target, String source, boolean network, List<String> servers, boolean readOnly,
            Optional<Volume> volume) {
        public Disk {
            servers = List.copyOf(servers);
        }

        /**
         * A disk that is no volume.
         *
         * @param target its name in the guest
         * @param source where its data is
         * @param network whether it is reached over the network by QEMU itself
         * @param servers the servers of a network disk
         * @param readOnly whether the guest cannot write it
         */
        public Disk(final String target, final String source, final boolean network, final List<String> servers,
                final boolean readOnly) {
            this(target, source, network, servers, readOnly, Optional.empty());
        }

        /**
         * The file that QEMU opens by its own NFS client.
         *
         * @return empty for all other disks
         */
        Optional<NfsPath> nfs() {
            return network && source.startsWith(NFS) && servers.size() == 1
                ? Optional.of(new NfsPath(servers.get(0), source.substring(NFS.length()))) : Optional.empty();
        }
    }

    /**
     * A volume of a storage pool, by names. Each host looks it up in its own pool of that name.
     *
     * @param pool the pool's name
     * @param name the volume's
     */
    public record Volume(String pool, String name) {
    }
}
