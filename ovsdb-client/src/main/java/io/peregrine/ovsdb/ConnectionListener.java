/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

/** Hears of connections and failed attempts. */
@FunctionalInterface
public interface ConnectionListener {
    /** The state changed, or another attempt failed. */
    void stateChanged(ConnectionState state);
}
