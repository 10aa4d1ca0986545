/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** A transaction failed in the server; nothing of it was committed. RFC 7047 section 4.1.3. */
public final class TransactionException extends OvsdbException {
    private static final long serialVersionUID = 1L;

    private final int index;
    private final String operation;
    private final String error;
    private final String details;

    /**
     * Makes one.
     *
     * @param index the failed operation's place, from 0; the number of operations if the commit itself failed
     * @param operation the operation and its table in words, {@code commit} if the commit itself failed
     * @param error the server's {@code error} string
     * @param details the server's {@code details} string, may be empty
     */
    public TransactionException(final int index, final String operation, final String error, final String details) {
        super("operation " + index + " (" + operation + ") failed: " + error
            + (details.isEmpty() ? "" : ": " + details), null);
        this.index = index;
        this.operation = operation;
        this.error = error;
        this.details = details;
    }

    /** The failed operation's place, from 0; the number of operations if the commit itself failed. */
    public int index() {
        return index;
    }

    /** The operation and its table in words, {@code commit} if the commit itself failed. */
    public String operation() {
        return operation;
    }

    /** What kind of failure it was. */
    public ErrorKind kind() {
        return ErrorKind.of(error);
    }

    /** The server's {@code error} string. */
    public String error() {
        return error;
    }

    /** The server's {@code details} string, may be empty. */
    public String details() {
        return details;
    }
}
