/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import io.peregrine.topology.intent.CommitGuard;
import io.peregrine.topology.intent.Containers;
import io.peregrine.topology.intent.Problem;
import java.util.List;
import org.opendaylight.mdsal.binding.dom.codec.api.BindingNormalizedNodeSerializer;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Lets no commit of intent pass that breaks {@link IntentRules}.
 *
 * <p>Nor does it let a hypervisor go while guests are there, unless its {@code abandon-guests} says so. A guest that
 * comes there while a commit is under way can be missed.
 */
@Component(service = { })
public final class IntentGuard implements CommitGuard.Rules, AutoCloseable {
    private final PlacedGuests guests;
    private final CommitGuard guard;

    /**
     * Begins to guard.
     *
     * @param dataBroker the datastore
     * @param serializer makes bindings of what it holds
     * @param guests knows which guests are where
     */
    @Activate
    public IntentGuard(@Reference final DOMDataBroker dataBroker,
            @Reference final BindingNormalizedNodeSerializer serializer, @Reference final PlacedGuests guests) {
        this.guests = guests;
        guard = new CommitGuard(dataBroker, serializer, IntentReader.CONTAINERS, this);
    }

    @Deactivate
    @Override
    public void close() {
        guard.close();
    }

    @Override
    public List<Problem> check(final Containers intent) {
        return IntentRules.check(intent.get(IntentReader.NETWORKS), intent.get(IntentReader.HYPERVISORS),
            intent.get(IntentReader.BORDERS));
    }

    @Override
    public List<Problem> checkChange(final Containers before, final Containers after) {
        return IntentRules.checkChange(before.get(IntentReader.HYPERVISORS), after.get(IntentReader.HYPERVISORS),
            guests::at);
    }
}
