/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** The answer did not come in time. A transaction may still have been committed. */
public final class RequestTimeoutException extends OvsdbException {
    private static final long serialVersionUID = 1L;

    /** Makes one. */
    public RequestTimeoutException(final String message) {
        super(message, null);
    }
}
