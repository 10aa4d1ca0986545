/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

/** Who stops a guest at its source, for the end of a predictive move of ours. */
public enum Stopper {
    /** Nobody yet: the source is held. */
    NOBODY,
    /** The controller, as soon as little enough remains, if the source does not before: senders have been turned. */
    CONTROLLER,
    /** The source. */
    SOURCE
}
