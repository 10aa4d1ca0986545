/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology;

import com.google.common.util.concurrent.ListenableFuture;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;

/**
 * Answers that RPCs of all services give alike.
 */
public final class RpcAnswers {
    private RpcAnswers() {
        // Static methods only
    }

    /**
     * The answer to an input that cannot be meant.
     *
     * @param why its text is what the caller reads
     * @return the answer, at once
     */
    public static <T> ListenableFuture<RpcResult<T>> refused(final IllegalArgumentException why) {
        return RpcResultBuilder.<T>failed()
            .withError(ErrorType.APPLICATION, ErrorTag.INVALID_VALUE, why.getMessage()).buildFuture();
    }
}
