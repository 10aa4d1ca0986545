/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.util.UUID;

/** {@code <atomic-type>} of RFC 7047 section 3.1. */
public enum AtomType {
    INTEGER(Datum.of(0L)),
    REAL(Datum.of(0.0)),
    BOOLEAN(Datum.of(false)),
    STRING(Datum.of("")),
    UUID(Datum.of(new UUID(0, 0)));

    private final Datum.Atom defaultValue;

    AtomType(final Datum.Atom defaultValue) {
        this.defaultValue = defaultValue;
    }

    /** What a column has that was not set, RFC 7047 section 5.2.1. */
    public Datum.Atom defaultValue() {
        return defaultValue;
    }
}
