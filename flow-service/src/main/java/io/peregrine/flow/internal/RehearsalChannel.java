/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.internal.core.Observed;
import io.peregrine.flow.internal.core.Op;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeRef;
import org.opendaylight.yangtools.yang.binding.DataObject;

/**
 * A session with no switch: translates changes as {@link OfpChannel} does, sends nothing and answers at once.
 */
final class RehearsalChannel implements SwitchChannel {
    private static final NodeRef NOBODY = OfpChannel.nodeRef(DatapathId.NONE);

    /** What was translated last, so that it is translated. */
    private DataObject translated;

    @Override
    public CompletableFuture<?> send(final Op op) {
        if (op instanceof Op.PutFlow put) {
            translated = OfpCodec.addFlow(NOBODY, put.entry());
        } else if (op instanceof Op.RemoveFlow remove) {
            translated = OfpCodec.removeFlow(NOBODY, remove.key());
        } else if (op instanceof Op.PutGroup put) {
            translated = put.how() == Op.How.MODIFY ? OfpCodec.updateGroup(NOBODY, put.group())
                : OfpCodec.addGroup(NOBODY, put.group());
        } else if (op instanceof Op.RemoveGroup remove) {
            translated = OfpCodec.removeGroup(NOBODY, remove.id());
        }
        return CompletableFuture.completedFuture(translated);
    }

    @Override
    public CompletableFuture<?> barrier() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Observed> read() {
        return CompletableFuture.completedFuture(new Observed(Map.of(), List.of(), Map.of(), Set.of()));
    }
}
