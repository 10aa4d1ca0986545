/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

import io.peregrine.flow.MacAddress;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads libvirt's domain XML (libvirt.org/formatdomain.html) as far as a guest's network needs it. Document types and
 * external entities are refused: the text comes from another machine.
 */
public final class DomainXml {
    private static final XMLInputFactory FACTORY = factory();

    private DomainXml() {
        // Static methods only
    }

    private static XMLInputFactory factory() {
        final var factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, Boolean.FALSE);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, Boolean.FALSE);
        factory.setProperty(XMLInputFactory.IS_COALESCING, Boolean.TRUE);
        return factory;
    }

    /**
     * Reads a domain.
     *
     * @param xml the text
     * @return the guest
     * @throws IllegalArgumentException if the text is not XML, or is no domain with a UUID and a name
     */
    public static GuestDescription parse(final String xml) {
        try {
            final XMLStreamReader reader;
            synchronized (FACTORY) {
                reader = FACTORY.createXMLStreamReader(new StringReader(xml));
            }
            try {
                return domain(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException e) {
            throw new IllegalArgumentException("domain XML does not parse: " + e.getMessage(), e);
        }
    }

    private static GuestDescription domain(final XMLStreamReader reader) throws XMLStreamException {
        final Deque<String> path = new ArrayDeque<>();
        final List<NetworkInterface> interfaces = new ArrayList<>();
        String uuid = null;
        String name = null;
        Map<String, String> found = null;

        while (reader.hasNext()) {
            final int event = reader.next();
            if (event == XMLStreamConstants.DTD || event == XMLStreamConstants.ENTITY_REFERENCE) {
                throw new IllegalArgumentException("domain XML has a document type or an entity");
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                path.removeLast();
                if (found != null && path.size() == 2) {
                    interfaces.add(networkInterface(found, interfaces));
                    found = null;
                }
            } else if (event == XMLStreamConstants.START_ELEMENT) {
                path.addLast(reader.getLocalName());
                final String where = String.join("/", path);
                switch (where) {
                    case "domain/uuid" -> {
                        uuid = reader.getElementText().trim();
                        path.removeLast();
                    }
                    case "domain/name" -> {
                        name = reader.getElementText().trim();
                        path.removeLast();
                    }
                    case "domain/devices/interface" -> {
                        found = new HashMap<>();
                        attributes(reader, "", found);
                    }
                    default -> {
                        if (found != null && where.startsWith("domain/devices/interface/")) {
                            attributes(reader, where.substring("domain/devices/interface/".length()) + "@", found);
                        }
                    }
                }
            }
        }
        if (uuid == null || name == null || name.isEmpty()) {
            throw new IllegalArgumentException("domain XML without a uuid or a name");
        }
        return new GuestDescription(UUID.fromString(uuid), name, interfaces);
    }

    private static void attributes(final XMLStreamReader reader, final String prefix,
            final Map<String, String> found) {
        // Presence matters, too: <vlan> has its content in children.
        found.putIfAbsent(prefix, "");
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            found.putIfAbsent(prefix + reader.getAttributeLocalName(i), reader.getAttributeValue(i));
        }
    }

    private static NetworkInterface networkInterface(final Map<String, String> found,
            final List<NetworkInterface> before) {
        final String type = found.getOrDefault("type", "");
        final var interfaceId = text(found, "virtualport/parameters@interfaceid");
        MacAddress mac = new MacAddress(0);
        Optional<String> problem = unsupported(type, found);
        try {
            mac = MacAddress.parse(found.getOrDefault("mac@address", ""));
        } catch (IllegalArgumentException e) {
            problem = Optional.of("it has no valid MAC address");
        }
        if (problem.isEmpty() && interfaceId.isEmpty()) {
            problem = Optional.of("its openvswitch virtualport has no interfaceid");
        }
        if (problem.isEmpty()) {
            final var macs = new HashSet<MacAddress>();
            before.forEach(other -> macs.add(other.mac()));
            if (macs.contains(mac)) {
                problem = Optional.of("another interface of the guest has the same MAC address");
            }
        }
        return new NetworkInterface(mac, type, interfaceId, text(found, "virtualport/parameters@profileid"),
            text(found, "target@dev"), text(found, "model@type"), problem);
    }

    private static Optional<String> unsupported(final String type, final Map<String, String> found) {
        final String reason = switch (type) {
            case "bridge", "network" -> {
                // A network's live XML has the actual connection: type bridge where the network is an OVS bridge.
                final String port = found.getOrDefault("virtualport@type", "");
                if (port.equals("openvswitch")) {
                    yield found.containsKey("vlan@") ? "it has a VLAN tag; tagged guests are not supported" : null;
                }
                yield port.isEmpty() ? "it is not on Open vSwitch: no virtualport of type openvswitch"
                    : "its virtualport is of type " + port + ", not openvswitch";
            }
            case "direct" -> "type direct (macvtap) bypasses Open vSwitch";
            case "hostdev" -> "type hostdev (SR-IOV) bypasses Open vSwitch";
            case "vhostuser" -> "type vhostuser has no tap whose queue holds frames during a move";
            case "user", "ethernet", "internal", "mcast", "server", "client", "udp", "vdpa", "vds", "null" ->
                "type " + type + " is not on Open vSwitch";
            case "" -> "it has no type";
            default -> "type " + type + " is not supported";
        };
        return Optional.ofNullable(reason);
    }

    private static Optional<String> text(final Map<String, String> found, final String key) {
        return Optional.ofNullable(found.get(key)).filter(text -> !text.isEmpty());
    }
}
