/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.internal.fabric;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.DatapathId;
import io.peregrine.flow.MacAddress;
import io.peregrine.flow.journal.Journal;
import io.peregrine.flow.journal.JournalFile;
import io.peregrine.topology.PortId;
import io.peregrine.topology.discovery.Link;
import io.peregrine.topology.discovery.ProbeCodec;
import io.peregrine.topology.hosts.Host;
import java.io.IOException;
import java.net.Inet4Address;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the fabric remembers over a restart: its links and hosts, so that a restart of the controller moves no packet
 * off its path; and the key of this installation's probes. Not thread-safe; it blocks on files.
 */
final class FabricJournal {
    /**
     * What was remembered.
     *
     * @param links the links, and what each costs: without that, routes would change until its switch is connected
     * @param hosts the hosts
     */
    record Remembered(Map<Link, Integer> links, List<Host> hosts) {
        static final Remembered NOTHING = new Remembered(Map.of(), List.of());

        Remembered {
            links = Collections.unmodifiableMap(new TreeMap<>(links));
            hosts = List.copyOf(hosts);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(FabricJournal.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String LINK = "link";
    private static final String HOST = "host";

    private final JournalFile file;
    private final JournalFile keyFile;

    FabricJournal(final Journal journal) {
        file = journal.file("fabric", 0);
        keyFile = journal.file("probe-key", 1);
    }

    /**
     * The key of the probes; made when there is none that can be used. One that cannot be kept serves until the next
     * start: nothing has to outlast that.
     *
     * @return the key
     */
    byte[] key() {
        try {
            final var lines = keyFile.read();
            if (lines.isPresent()) {
                final byte[] key = HexFormat.of().parseHex(lines.orElseThrow().get(0));
                if (key.length == ProbeCodec.KEY_LENGTH) {
                    return key;
                }
                throw new IllegalArgumentException("a key of " + key.length + " octets");
            }
        } catch (IOException | IllegalArgumentException e) {
            keyFile.setAside(e, "Probes get a new key");
        }
        final byte[] key = new byte[ProbeCodec.KEY_LENGTH];
        RANDOM.nextBytes(key);
        try {
            keyFile.write(List.of(HexFormat.of().formatHex(key)));
        } catch (IOException e) {
            LOG.error("The key of the probes cannot be kept in {}", keyFile.path(), e);
        }
        return key;
    }

    /**
     * Reads what was remembered.
     *
     * @return nothing if there is no file or it cannot be read
     */
    Remembered read() {
        try {
            return file.read().map(FabricJournal::parse).orElse(Remembered.NOTHING);
        } catch (IOException | IllegalArgumentException e) {
            file.setAside(e, "Links and hosts are found anew");
            return Remembered.NOTHING;
        }
    }

    private static Remembered parse(final List<String> lines) {
        final var links = new TreeMap<Link, Integer>();
        final var hosts = new ArrayList<Host>();
        for (var line : lines) {
            final var words = line.split(" ");
            if (words.length == 4 && words[0].equals(LINK)) {
                links.put(new Link(port(words[1]), port(words[2])), cost(words[3]));
            } else if (words.length == 4 && words[0].equals(HOST)
                    && InetAddresses.forString(words[1]) instanceof Inet4Address address) {
                hosts.add(new Host(address, MacAddress.parse(words[2]), port(words[3]), Host.Status.UNVERIFIED));
            } else {
                throw new IllegalArgumentException("not a line of this file: " + line);
            }
        }
        return new Remembered(links, hosts);
    }

    private static int cost(final String text) {
        final int cost = Integer.parseInt(text);
        if (cost < 1 || cost > io.peregrine.topology.graph.Link.MAX_COST) {
            throw new IllegalArgumentException("not a cost: " + text);
        }
        return cost;
    }

    private static PortId port(final String text) {
        final int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("not a port: " + text);
        }
        return new PortId(DatapathId.parseHex(text.substring(0, colon)),
            Long.parseUnsignedLong(text.substring(colon + 1)));
    }

    /**
     * A host as it is remembered.
     *
     * @param host the host
     * @return the host, to be verified
     */
    static Host asRemembered(final Host host) {
        return new Host(host.address(), host.mac(), host.port(), Host.Status.UNVERIFIED);
    }

    /**
     * Remembers.
     *
     * @param now what to remember
     * @return whether that was possible
     */
    boolean write(final Remembered now) {
        final var lines = new ArrayList<String>();
        now.links().forEach((link, cost) -> lines.add(LINK + " " + link.from() + " " + link.to() + " " + cost));
        now.hosts().forEach(host -> lines.add(HOST + " " + InetAddresses.toAddrString(host.address()) + " " + host.mac()
            + " " + host.port()));
        try {
            file.write(lines);
            return true;
        } catch (IOException e) {
            LOG.warn("Links and hosts cannot be kept for the next start", e);
            return false;
        }
    }
}
