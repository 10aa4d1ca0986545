/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.intent;

import static java.util.Objects.requireNonNull;

/**
 * A rule that intent breaks.
 *
 * @param path the field, as in a RESTCONF path
 * @param message the value, what is wrong with it and what to do, in words
 */
public record Problem(String path, String message) {
    public Problem {
        requireNonNull(path);
        requireNonNull(message);
    }

    @Override
    public String toString() {
        return path + ": " + message;
    }
}
