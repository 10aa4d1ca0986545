/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Requests to a server. Every future fails with an {@link OvsdbException}: {@link DisconnectedException} at once
 * without a connection and when it drops, {@link RequestTimeoutException}, {@link OverloadedException} at once,
 * {@link RpcException} if the server refuses the request. Cancelling a future cancels the request as far as the server
 * still can (RFC 7047 section 4.1.4).
 */
public interface OvsdbSession {
    /** The names of the server's databases, RFC 7047 section 4.1.1. */
    CompletableFuture<List<String>> listDatabases();

    /** A database's schema, with its version, RFC 7047 section 4.1.2. */
    CompletableFuture<DatabaseSchema> getSchema(String database);

    /**
     * Executes a transaction, RFC 7047 section 4.1.3: all or nothing.
     *
     * @param database the database's name
     * @param operations what to do, in order
     * @param timeout the longest wait for the answer, in place of the options' value
     * @return one result per operation, in order; or fails with a {@link TransactionException} that names the operation
     */
    CompletableFuture<List<OperationResult>> transact(String database, List<Operation> operations, Duration timeout);

    /** The same with the options' time-out. */
    CompletableFuture<List<OperationResult>> transact(String database, List<Operation> operations);

    /** The same with the options' time-out. */
    default CompletableFuture<List<OperationResult>> transact(final String database, final Operation... operations) {
        return transact(database, List.of(operations));
    }
}
