/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.peregrine.flow.MacAddress;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DomainXmlTest {
    private static final String UUID_TEXT = "dd2ee381-5a83-5928-8136-becde7ef88a2";
    private static final String OVS = """
        <interface type='bridge'>
          <mac address='52:54:00:4b:5e:57'/>
          <source bridge='br-int'/>
          <virtualport type='openvswitch'>
            <parameters interfaceid='f9a57b3f-100c-5bd2-ab93-34338c3a0413' profileid='demo'/>
          </virtualport>
          <target dev='vnet0'/>
          <model type='virtio'/>
          <driver name='qemu'><host csum='off'/></driver>
        </interface>
        """;

    private static String domain(final String devices) {
        return """
            <domain type='kvm' id='7' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
              <name>web &amp; more</name>
              <uuid>dd2ee381-5a83-5928-8136-becde7ef88a2</uuid>
              <metadata><other><name>not this</name><uuid>nor this</uuid></other></metadata>
              <devices><emulator>/usr/bin/qemu</emulator>%s</devices>
            </domain>
            """.formatted(devices);
    }

    private static String problem(final String devices) {
        final var interfaces = DomainXml.parse(domain(devices)).interfaces();
        assertEquals(1, interfaces.size());
        return interfaces.get(0).problem().orElse("");
    }

    @Test
    void readsAnInterfaceOnOpenVswitch() {
        assertEquals(new GuestDescription(UUID.fromString(UUID_TEXT), "web & more", List.of(new NetworkInterface(
            MacAddress.parse("52:54:00:4b:5e:57"), "bridge", Optional.of("f9a57b3f-100c-5bd2-ab93-34338c3a0413"),
            Optional.of("demo"), Optional.of("vnet0"), Optional.of("virtio"), Optional.empty()))),
            DomainXml.parse(domain(OVS)));
    }

    @Test
    void readsADomainWithoutInterfaces() {
        assertEquals(List.of(), DomainXml.parse(domain("")).interfaces());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "direct    | type direct (macvtap) bypasses Open vSwitch",
        "hostdev   | type hostdev (SR-IOV) bypasses Open vSwitch",
        "vhostuser | type vhostuser has no tap whose queue holds frames during a move",
        "user      | type user is not on Open vSwitch",
        "strange   | type strange is not supported",
    })
    void saysWhyATypeIsNotSupported(final String type, final String reason) {
        assertEquals(reason, problem("<interface type='" + type + "'><mac address='52:54:00:00:00:01'/></interface>"));
    }

    @Test
    void saysWhatIsMissing() {
        assertEquals("it is not on Open vSwitch: no virtualport of type openvswitch",
            problem("<interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/></interface>"));
        assertEquals("its virtualport is of type 802.1Qbh, not openvswitch",
            problem("<interface type='network'><mac address='52:54:00:00:00:01'/><virtualport type='802.1Qbh'>"
                + "<parameters profileid='x'/></virtualport></interface>"));
        assertEquals("its openvswitch virtualport has no interfaceid", problem("<interface type='bridge'>"
            + "<mac address='52:54:00:00:00:01'/><virtualport type='openvswitch'/></interface>"));
        assertEquals("it has no valid MAC address", problem(OVS.replace("52:54:00:4b:5e:57", "nonsense")));
        assertEquals("it has a VLAN tag; tagged guests are not supported",
            problem(OVS.replace("<target", "<vlan><tag id='42'/></vlan><target")));
    }

    @Test
    void marksASecondInterfaceWithTheSameMacAddress() {
        final var interfaces = DomainXml.parse(domain(OVS + OVS)).interfaces();
        assertEquals(Optional.empty(), interfaces.get(0).problem());
        assertEquals(Optional.of("another interface of the guest has the same MAC address"),
            interfaces.get(1).problem());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "<domain>", "<domain/>", "<other><uuid>dd2ee381-5a83-5928-8136-becde7ef88a2</uuid></other>",
        "<domain><name>a</name><uuid>nonsense</uuid></domain>",
        "<domain><name/><uuid>dd2ee381-5a83-5928-8136-becde7ef88a2</uuid></domain>",
    })
    void refusesWhatIsNoDomain(final String xml) {
        assertThrows(IllegalArgumentException.class, () -> DomainXml.parse(xml));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE d [<!ENTITY x 'a'>]>",
        "<!DOCTYPE d SYSTEM 'http://127.0.0.1:1/'>",
    })
    void refusesDocumentTypes(final String type) {
        final String body = "<domain><name>&x;</name><uuid>" + UUID_TEXT + "</uuid></domain>";
        assertThrows(IllegalArgumentException.class, () -> DomainXml.parse(type + body));
        assertThrows(IllegalArgumentException.class, () -> DomainXml.parse(type + body.replace("&x;", "a")));
    }
}
