/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.search;

import static java.util.Objects.requireNonNull;

import io.peregrine.topology.search.Wishes;
import java.util.Comparator;
import java.util.function.Predicate;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.ActiveGuest;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.Interface;

/**
 * What is looked for among guests: those for which all that is given is so.
 *
 * @param wanted what is given
 * @param addressed whether a MAC or IP address is the one that is in it
 */
public record GuestSearch(FindGuestsInput wanted, Predicate<String> addressed) implements Predicate<ActiveGuest> {
    /** By name. */
    public static final Comparator<ActiveGuest> ORDER = Comparator
        .comparing((ActiveGuest guest) -> String.valueOf(guest.getName()))
        .thenComparing(guest -> guest.getUuid().getValue());

    public GuestSearch {
        requireNonNull(wanted);
        requireNonNull(addressed);
    }

    /**
     * A search.
     *
     * @param wanted what is given
     * @return the search
     * @throws IllegalArgumentException if the address is none
     */
    static GuestSearch of(final FindGuestsInput wanted) {
        return new GuestSearch(wanted, Wishes.address("address", wanted.getAddress()));
    }

    @Override
    public boolean test(final ActiveGuest guest) {
        return Wishes.isGuest(wanted.getGuest(), guest.getName(), guest.getUuid())
            && (wanted.getHypervisor() == null || wanted.getHypervisor().equals(guest.getHypervisor()))
            && Wishes.isOneOf(wanted.getState(), guest.getState())
            && (wanted.getProblem() == null || wanted.getProblem() == hasProblem(guest))
            && (wanted.getNetwork() == null && wanted.getAddress() == null
                || guest.nonnullInterface().stream().anyMatch(this::isWanted));
    }

    /** Networks may have the same addresses, so that one interface has to have both. */
    private boolean isWanted(final Interface port) {
        return (wanted.getNetwork() == null || wanted.getNetwork().equals(port.getNetwork()))
            && (addressed.test(port.getMacAddress().getValue())
                || port.getAddress() != null
                    && port.getAddress().stream().map(IpAddressNoZone::stringValue).anyMatch(addressed));
    }

    private static boolean hasProblem(final ActiveGuest guest) {
        return guest.getProblem() != null
            || guest.nonnullInterface().stream().anyMatch(port -> port.getProblem() != null);
    }
}
