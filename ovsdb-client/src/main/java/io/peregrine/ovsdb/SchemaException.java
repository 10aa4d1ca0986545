/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** The server's schema has not what was asked for, or cannot do it. */
public final class SchemaException extends OvsdbException {
    private static final long serialVersionUID = 1L;

    /** Makes one. */
    public SchemaException(final String message) {
        super(message, null);
    }
}
