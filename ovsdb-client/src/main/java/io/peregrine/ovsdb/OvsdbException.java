/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** Whatever can go wrong with a request or a connection. */
public abstract sealed class OvsdbException extends Exception permits TransactionException, RpcException,
        DisconnectedException, RequestTimeoutException, OverloadedException, ProtocolException, SchemaException {
    private static final long serialVersionUID = 1L;

    OvsdbException(final String message, final Throwable cause) {
        super(message, cause);
    }
}
