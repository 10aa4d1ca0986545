/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.search;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.MacAddress;
import io.peregrine.topology.IpNetwork;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Set;
import java.util.function.Predicate;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.DatapathId;

/**
 * What those who choose from a list wish, read in the same way for each list. What is not given leaves the choice open.
 */
public final class Wishes {
    private Wishes() {
        // Static methods only
    }

    /**
     * Whether a guest is the one that is wanted.
     *
     * @param wanted a name or a UUID, null if any will do
     * @param name the guest's name
     * @param uuid the guest's UUID
     * @return whether it is
     */
    public static boolean isGuest(final @Nullable String wanted, final @Nullable String name,
            final @Nullable Uuid uuid) {
        return wanted == null || wanted.equals(name) || uuid != null && wanted.equalsIgnoreCase(uuid.getValue());
    }

    /**
     * Whether a switch or edge is the one that is wanted.
     *
     * @param wanted a name, or a datapath identifier in either case of its letters
     * @param datapath the switch's datapath identifier
     * @param portName the names of the switch and of a port of it; names of switches have no spaces
     * @return whether it is
     */
    public static boolean isSwitch(final String wanted, final @Nullable DatapathId datapath,
            final @Nullable String portName) {
        return datapath != null && wanted.equalsIgnoreCase(datapath.getValue())
            || portName != null && portName.startsWith(wanted + " ");
    }

    /**
     * Whether a value is one of those that are wanted.
     *
     * @param wanted those, null or none if any will do
     * @param value the value
     * @return whether it is
     */
    public static boolean isOneOf(final @Nullable Set<?> wanted, final @Nullable Object value) {
        return wanted == null || wanted.isEmpty() || value != null && wanted.contains(value);
    }

    /**
     * An address, MAC or IP. It can be written in several ways. None that is known has a zone.
     *
     * @param field the name of the input, for the refusal
     * @param given the address, null if none is given
     * @return whether a known address, as it is shown, is that one
     * @throws IllegalArgumentException if it is no address
     */
    public static Predicate<String> address(final String field, final @Nullable String given) {
        if (given == null) {
            return known -> true;
        }
        if (InetAddresses.isInetAddress(given) && !given.contains("%")) {
            final var wanted = InetAddresses.forString(given);
            return known -> InetAddresses.isInetAddress(known) && InetAddresses.forString(known).equals(wanted);
        }
        try {
            return MacAddress.parse(given).toString()::equalsIgnoreCase;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field + ": '" + given + "' is neither a MAC nor an IP address; give one"
                + " such as 52:54:00:00:00:01, 192.0.2.5 or 2001:db8::5", e);
        }
    }

    /**
     * Refuses a subnet with host bits, which the model lets pass and no segment has.
     *
     * @param field the name of the input, for the refusal
     * @param given the subnet, such as 192.0.2.0/24
     * @throws IllegalArgumentException if it has host bits; the message says the right form
     */
    public static void requireNetwork(final String field, final String given) {
        final int slash = given.indexOf('/');
        try {
            new IpNetwork(InetAddresses.forString(given.substring(0, slash)),
                Integer.parseInt(given.substring(slash + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field + ": " + e.getMessage(), e);
        }
    }

    /**
     * A time. The model lets pass times that are on no calendar or clock, such as the 30th of February.
     *
     * @param field the name of the input, for the refusal
     * @param given the time, null if none is given
     * @param otherwise what it is then
     * @return the time
     * @throws IllegalArgumentException if there is no such time
     */
    public static Instant time(final String field, final @Nullable DateAndTime given, final Instant otherwise) {
        if (given == null) {
            return otherwise;
        }
        try {
            return OffsetDateTime.parse(given.getValue()).toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(field + ": there is no time " + given.getValue()
                + "; give one such as 2026-11-25T12:00:00Z", e);
        }
    }
}
