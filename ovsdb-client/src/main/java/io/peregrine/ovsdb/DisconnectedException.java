/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/**
 * There is no connection, or it ended before the answer came. A transaction that had been sent may or may not have been
 * committed.
 */
public final class DisconnectedException extends OvsdbException {
    private static final long serialVersionUID = 1L;

    /** Makes one. */
    public DisconnectedException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
