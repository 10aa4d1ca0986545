/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.peregrine.migration.internal.core.jobs.GuestNeeds.Disk;
import io.peregrine.migration.internal.core.jobs.GuestNeeds.Volume;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuestNeedsXmlTest {
    private static final UUID GUEST = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final String HEAD = "<name>web</name><uuid>" + GUEST + "</uuid>";

    @Test
    void readsWhatAGuestNeeds() {
        final var needs = GuestNeedsXml.parse("""
            <domain type='kvm' id='3'>
              <name>web</name>
              <uuid>11111111-2222-3333-4444-555555555555</uuid>
              <memory unit='KiB'>2097152</memory>
              <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>
              <cpu mode='custom' match='exact' check='full'><model fallback='forbid'>Skylake-Server</model></cpu>
              <devices>
                <emulator>/usr/bin/qemu-system-x86_64</emulator>
                <disk type='network' device='disk'>
                  <source protocol='nfs' name='/export/web.img'><host name='10.255.0.250'/></source>
                  <target dev='vda' bus='virtio'/>
                </disk>
                <disk type='file' device='disk'>
                  <source file='/var/lib/libvirt/images/web.qcow2' index='1'/><target dev='vdb'/>
                </disk>
                <disk type='block' device='disk'><source dev='/dev/sdz'/><target dev='vdc'/></disk>
                <disk type='volume' device='disk'>
                  <source pool='shared' volume='web.img' index='2'/><target dev='vdd'/>
                </disk>
                <disk type='file' device='cdrom'><target dev='sda'/><readonly/></disk>
                <disk type='file' device='cdrom'><source file='/iso/x.iso'/><target dev='sdb'/><readonly/></disk>
                <interface type='bridge'><mtu size='1400'/></interface>
                <interface type='bridge'><mtu size='1450'/></interface>
                <hostdev mode='subsystem' type='pci'/>
                <filesystem type='mount'><target dir='share'/></filesystem>
              </devices>
            </domain>
            """);
        assertEquals(GUEST, needs.uuid());
        assertEquals("web", needs.name());
        assertEquals(2L << 30, needs.memory());
        assertEquals("kvm", needs.virtType());
        assertEquals("x86_64", needs.arch());
        assertEquals("pc-q35-7.2", needs.machine());
        assertEquals(Optional.of("/usr/bin/qemu-system-x86_64"), needs.emulator());
        assertEquals("custom", needs.cpu().orElseThrow().mode());
        assertEquals("<cpu check=\"full\" match=\"exact\" mode=\"custom\"><model fallback=\"forbid\">Skylake-Server"
            + "</model></cpu>", needs.cpu().orElseThrow().xml());
        assertEquals(List.of(new Disk("vda", "nfs:/export/web.img", true, List.of("10.255.0.250"), false),
            new Disk("vdb", "/var/lib/libvirt/images/web.qcow2", false, List.of(), false),
            new Disk("vdc", "/dev/sdz", false, List.of(), false),
            new Disk("vdd", "shared/web.img", false, List.of(), false,
                Optional.of(new Volume("shared", "web.img"))),
            new Disk("sdb", "/iso/x.iso", false, List.of(), true)), needs.disks());
        assertEquals(List.of("host device of type pci", "shared directory share"), needs.tied());
        assertEquals(OptionalLong.of(1450), needs.mtu());
        assertEquals(Optional.of(new NfsPath("10.255.0.250", "/export/web.img")), needs.disks().get(0).nfs());
        assertEquals(Optional.empty(), needs.disks().get(1).nfs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<interface/>", "<interface><mtu size='1400'/></interface><interface/>"})
    void onlyWhereAllInterfacesHaveAnMtuIsOneKnown(final String interfaces) {
        assertEquals(OptionalLong.empty(), GuestNeedsXml.parse("<domain>" + HEAD + "<memory>1</memory><devices>"
            + interfaces + "</devices></domain>").mtu());
    }

    private static Optional<NfsPath> ofPool(final String type, final String source) {
        return GuestNeedsXml.nfs(new SharedStorage.Pool("p", type, source, "/target", true));
    }

    @Test
    void readsWhatAnNfsServerHasToExport() {
        final var source = "<source><host name='nas'/><dir path='/srv/vm'/><format type='nfs'/></source>";
        final var export = Optional.of(new NfsPath("nas", "/srv/vm"));
        assertEquals(export, ofPool("netfs", source));
        assertEquals(export, ofPool("netfs", source.replace("<format type='nfs'/>", "")));
        assertEquals(Optional.empty(), ofPool("netfs", source.replace("type='nfs'", "type='glusterfs'")));
        assertEquals(Optional.empty(), ofPool("netfs", ""));
        assertEquals(Optional.empty(), ofPool("dir", source));
    }

    @Test
    void readsWhatAServerExports() {
        assertEquals(List.of("/srv/vm", "/home"), GuestNeedsXml.exports("""
            <sources>
              <source><host name='nas'/><dir path='/srv/vm'/><format type='nfs'/></source>
              <source><host name='nas'/><dir path='vol'/><format type='glusterfs'/></source>
              <source><host name='nas'/><dir path='/home'/><format type='nfs'/></source>
            </sources>
            """));
        assertEquals(List.of(), GuestNeedsXml.exports("<sources/>"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-h", "a b", "a'/><x", "a;b"})
    void asksNobodyWhoseNameIsNone(final String server) {
        assertThrows(IllegalArgumentException.class, () -> GuestNeedsXml.server(server));
    }

    @ParameterizedTest
    @CsvSource({"8192,, 8388608", "8192, KiB, 8388608", "160, MiB, 167772160", "2, GiB, 2147483648", "7, b, 7"})
    void readsMemorySizes(final String size, final String unit, final long bytes) {
        assertEquals(bytes, GuestNeedsXml.parse("<domain>" + HEAD + "<memory" + (unit == null ? "" : " unit='" + unit
            + "'") + ">" + size + "</memory></domain>").memory());
    }

    @Test
    void refusesWhatIsNoDomain() {
        assertThrows(IllegalArgumentException.class, () -> GuestNeedsXml.parse("<domain>" + HEAD + "</domain>"));
        assertThrows(IllegalArgumentException.class, () -> GuestNeedsXml.parse("no XML"));
        assertThrows(IllegalArgumentException.class, () -> GuestNeedsXml.parse(
            "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><domain><name>&e;</name></domain>"));
    }

    @Test
    void knowsTheSameStorageByItsSource() {
        final var here = GuestNeedsXml.pool("<pool type='netfs'><name>a</name><source>\n  <host name='s'/>"
            + "<dir path='/x'/></source><target><path>/mnt</path></target></pool>", true);
        final var there = GuestNeedsXml.pool("<pool type='netfs'><name>b</name><source><host name='s'/>"
            + "<dir path='/x'/></source></pool>", true);
        final var other = GuestNeedsXml.pool("<pool type='netfs'><name>b</name><source><host name='t'/>"
            + "<dir path='/x'/></source></pool>", true);
        final var directory = GuestNeedsXml.pool("<pool type='dir'><name>c</name></pool>", false);
        assertEquals(List.of("/mnt", ""), List.of(here.target(), directory.target()));
        assertTrue(SharedStorage.same(Optional.of(here), there));
        assertEquals(false, SharedStorage.same(Optional.of(here), other));
        assertEquals(false, SharedStorage.same(Optional.of(directory), directory));
        assertEquals(false, SharedStorage.same(Optional.empty(), there));
    }
}
