/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** Too much is waiting already for an answer or for the network; this request was not sent. */
public final class OverloadedException extends OvsdbException {
    private static final long serialVersionUID = 1L;

    /** Makes one. */
    public OverloadedException(final String message) {
        super(message, null);
    }
}
