/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** The peer sent what is not JSON, too big, too deep, or against the protocol. */
public final class ProtocolException extends OvsdbException {
    private static final long serialVersionUID = 1L;

    /** Makes one. */
    public ProtocolException(final String message, final Throwable cause) {
        super(message, cause);
    }

    /** Makes one. */
    public ProtocolException(final String message) {
        this(message, null);
    }
}
