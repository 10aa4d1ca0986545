/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** Something that goes on until it is closed. */
public interface Subscription extends AutoCloseable {
    /** Ends it. A second call does nothing. */
    @Override
    void close();
}
