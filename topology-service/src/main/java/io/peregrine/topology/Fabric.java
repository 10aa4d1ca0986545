/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import java.net.Inet4Address;
import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;
import org.opendaylight.yangtools.concepts.Registration;

/**
 * The fabric's face to those above it. All methods are thread-safe and return at once.
 */
public interface Fabric {
    /**
     * A link of a layer above, shown beside the fabric's own.
     *
     * @param from where it begins
     * @param to where it ends
     * @param fromName what people call its begin
     * @param toName what people call its end
     * @param up whether it lives
     */
    record OverlayLink(PortId from, PortId to, String fromName, String toName, boolean up) {
    }

    /**
     * Names addresses that are known to exist. They are looked for whenever they are not known, so that nobody has to
     * wait for their first word.
     *
     * @param addresses the addresses; those in no segment are passed over
     * @return closing it takes them back
     */
    Registration expect(Set<Inet4Address> addresses);

    /**
     * Shows the links of the layer above, in place of those shown before.
     *
     * @param links gives them as they are now; asked for on a thread of the fabric's when they are shown, so that many
     *     changes cost one look. It must not block
     * @return closing it takes the links away
     */
    Registration showOverlay(Supplier<? extends Collection<OverlayLink>> links);

    /** The links of the layer above may have changed. */
    void overlayChanged();
}
