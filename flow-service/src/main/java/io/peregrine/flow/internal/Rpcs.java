/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.opendaylight.yangtools.yang.common.RpcError;
import org.opendaylight.yangtools.yang.common.RpcResult;

/**
 * Takes RPC results apart.
 */
final class Rpcs {
    private Rpcs() {
        // static methods only
    }

    /**
     * An RPC that fails and one that ends in an unsuccessful result are the same failure.
     *
     * @param future the RPC's future
     * @param <T> its output
     * @return the output; exceptionally, with what was said, in either case of failure
     */
    static <T> CompletableFuture<T> result(final ListenableFuture<RpcResult<T>> future) {
        final var result = new CompletableFuture<T>();
        Futures.addCallback(future, new FutureCallback<RpcResult<T>>() {
            @Override
            public void onSuccess(final RpcResult<T> answer) {
                if (answer.isSuccessful()) {
                    result.complete(answer.getResult());
                } else {
                    result.completeExceptionally(new IOException(answer.getErrors().stream()
                        .map(RpcError::getMessage).collect(Collectors.joining("; "))));
                }
            }

            @Override
            public void onFailure(final Throwable cause) {
                result.completeExceptionally(cause);
            }
        }, MoreExecutors.directExecutor());
        return result;
    }
}
