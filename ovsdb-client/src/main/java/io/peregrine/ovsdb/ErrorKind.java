/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.util.Arrays;

/** The error strings of RFC 7047 (sections 4.1.3 and 5.2) and of ovsdb-server(7), as far as they are known. */
public enum ErrorKind {
    REFERENTIAL_INTEGRITY("referential integrity violation"),
    CONSTRAINT("constraint violation"),
    RESOURCES("resources exhausted"),
    IO("I/O error"),
    DUPLICATE_NAME("duplicate uuid-name"),
    DOMAIN("domain error"),
    RANGE("range error"),
    TIMED_OUT("timed out"),
    NOT_SUPPORTED("not supported"),
    ABORTED("aborted"),
    NOT_OWNER("not owner"),
    CANCELED("canceled"),
    NOT_ALLOWED("not allowed"),
    NOT_LEADER("not leader"),
    UNKNOWN_METHOD("unknown method"),
    UNKNOWN_DATABASE("unknown database"),
    UNKNOWN_TABLE("unknown table"),
    UNKNOWN_COLUMN("unknown column"),
    SYNTAX("syntax error"),
    OVSDB("ovsdb error"),
    PERMISSION("permission error"),
    INTERNAL("internal error"),
    /** Anything else: read the text. */
    OTHER("");

    private final String wire;

    ErrorKind(final String wire) {
        this.wire = wire;
    }

    /** The kind of an {@code error} string. */
    public static ErrorKind of(final String error) {
        return Arrays.stream(values()).filter(kind -> kind.wire.equals(error)).findFirst().orElse(OTHER);
    }
}
