/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.search;

import static java.util.Objects.requireNonNull;

import com.google.common.net.InetAddresses;
import java.util.Comparator;
import java.util.function.Predicate;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricHost;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindHostsInput;

/**
 * What is looked for among the fabric's hosts: those for which all that is given is so.
 *
 * @param wanted what is given
 * @param addressed whether a MAC or IP address is the one that is in it
 */
public record HostSearch(FindHostsInput wanted, Predicate<String> addressed) implements Predicate<FabricHost> {
    /** By address, as numbers. */
    public static final Comparator<FabricHost> ORDER = Comparator.comparingLong(host -> Integer.toUnsignedLong(
        InetAddresses.coerceToInteger(InetAddresses.forString(host.getAddress().getValue()))));

    public HostSearch {
        requireNonNull(wanted);
        requireNonNull(addressed);
    }

    /**
     * A search.
     *
     * @param wanted what is given
     * @return the search
     * @throws IllegalArgumentException if the address is none, or the segment has host bits; the message names the
     *     input and a right form
     */
    public static HostSearch of(final FindHostsInput wanted) {
        if (wanted.getSegment() != null) {
            Wishes.requireNetwork("segment", wanted.getSegment().getValue());
        }
        return new HostSearch(wanted, Wishes.address("address", wanted.getAddress()));
    }

    @Override
    public boolean test(final FabricHost host) {
        return (wanted.getSwitch() == null
                || Wishes.isSwitch(wanted.getSwitch(), host.getSwitch(), host.getPortName()))
            && (wanted.getSegment() == null || wanted.getSegment().equals(host.getSegment()))
            && (addressed.test(host.getAddress().getValue())
                || host.getMacAddress() != null && addressed.test(host.getMacAddress().getValue()))
            && Wishes.isOneOf(wanted.getState(), host.getState());
    }
}
