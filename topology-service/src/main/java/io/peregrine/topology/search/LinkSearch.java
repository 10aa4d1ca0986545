/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.search;

import static java.util.Objects.requireNonNull;

import java.util.Comparator;
import java.util.function.Predicate;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricLink;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksInput;

/**
 * What is looked for among links: those for which all that is given is so.
 *
 * @param wanted what is given
 */
public record LinkSearch(FindLinksInput wanted) implements Predicate<FabricLink> {
    /** Those of the fabric first, by the names of their ends. */
    public static final Comparator<FabricLink> ORDER = Comparator.comparing(FabricLink::getLayer)
        .thenComparing(FabricLink::getSourceName).thenComparing(FabricLink::getTargetName);

    public LinkSearch {
        requireNonNull(wanted);
    }

    @Override
    public boolean test(final FabricLink link) {
        return (wanted.getSwitch() == null
                || Wishes.isSwitch(wanted.getSwitch(), link.getSourceSwitch(), link.getSourceName())
                || Wishes.isSwitch(wanted.getSwitch(), link.getTargetSwitch(), link.getTargetName()))
            && (wanted.getLayer() == null || wanted.getLayer() == link.getLayer())
            && Wishes.isOneOf(wanted.getState(), link.getState())
            && Wishes.isOneOf(wanted.getIdentity(), link.getIdentity());
    }
}
