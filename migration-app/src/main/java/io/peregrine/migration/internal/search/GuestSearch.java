/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.search;

import static java.util.Objects.requireNonNull;

import com.google.common.net.InetAddresses;
import io.peregrine.flow.MacAddress;
import java.util.Comparator;
import java.util.function.Predicate;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.ActiveGuest;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.FindGuestsInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.guest.rev261123.active.guest.Interface;

/**
 * What is looked for among guests: those for which all that is given is so.
 *
 * @param wanted what is given
 * @param addressed whether an interface has the address that is in it
 */
public record GuestSearch(FindGuestsInput wanted, Predicate<Interface> addressed) implements Predicate<ActiveGuest> {
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
        return new GuestSearch(wanted, addressed(wanted.getAddress()));
    }

    /** Addresses can be written in several ways. None that is known has a zone. */
    private static Predicate<Interface> addressed(final @Nullable String address) {
        if (address == null) {
            return port -> true;
        }
        if (InetAddresses.isInetAddress(address) && !address.contains("%")) {
            final var wanted = InetAddresses.forString(address);
            return port -> port.getAddress() != null && port.getAddress().stream()
                .anyMatch(known -> InetAddresses.forString(known.stringValue()).equals(wanted));
        }
        try {
            final var wanted = MacAddress.parse(address).toString();
            return port -> wanted.equalsIgnoreCase(port.getMacAddress().getValue());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("address: '" + address + "' is neither a MAC nor an IP address; give one"
                + " such as 52:54:00:00:00:01, 192.0.2.5 or 2001:db8::5", e);
        }
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
        return (wanted.getNetwork() == null || wanted.getNetwork().equals(port.getNetwork())) && addressed.test(port);
    }

    private static boolean hasProblem(final ActiveGuest guest) {
        return guest.getProblem() != null
            || guest.nonnullInterface().stream().anyMatch(port -> port.getProblem() != null);
    }
}
