/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** The server refused a whole request, like one for an unknown database or method. */
public final class RpcException extends OvsdbException {
    private static final long serialVersionUID = 1L;

    private final String error;

    /**
     * Makes one.
     *
     * @param method the request's method
     * @param error the server's {@code error} string
     * @param details the server's {@code details} string, may be empty
     */
    public RpcException(final String method, final String error, final String details) {
        super(method + " refused: " + error + (details.isEmpty() ? "" : ": " + details), null);
        this.error = error;
    }

    /** What kind of failure it was. */
    public ErrorKind kind() {
        return ErrorKind.of(error);
    }

    /** The server's {@code error} string. */
    public String error() {
        return error;
    }
}
