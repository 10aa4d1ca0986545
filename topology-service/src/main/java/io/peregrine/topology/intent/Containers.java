/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.intent;

import java.util.Map;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;

/**
 * Top-level containers of the configuration datastore as of one commit. Immutable.
 */
public final class Containers {
    private final Map<InstanceIdentifier<?>, DataObject> content;

    Containers(final Map<InstanceIdentifier<?>, DataObject> content) {
        this.content = Map.copyOf(content);
    }

    /**
     * A container's content.
     *
     * @param path the container
     * @param <T> its type
     * @return the content, or null if there is none
     */
    public <T extends DataObject> @Nullable T get(final InstanceIdentifier<T> path) {
        return path.getTargetType().cast(content.get(path));
    }
}
