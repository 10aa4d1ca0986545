/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import org.opendaylight.mdsal.binding.dom.codec.impl.BindingCodecContext;
import org.opendaylight.mdsal.binding.runtime.spi.BindingRuntimeHelpers;

/**
 * JSON without a datastore around it.
 */
final class Jsons {
    private Jsons() {
        // Static methods only
    }

    /** Writes what is of the models of some classes. */
    static Json of(final Class<?>... classes) {
        final var codec = new BindingCodecContext(BindingRuntimeHelpers.createRuntimeContext(classes));
        return new Json(codec, codec.getRuntimeContext().getEffectiveModelContext());
    }
}
