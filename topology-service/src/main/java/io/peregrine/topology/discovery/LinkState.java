/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

/**
 * What is known of a link that has not been found to be gone.
 */
public enum LinkState {
    /** Probes arrive over it. */
    UP,
    /** It was there, but no probe can tell whether it still is: an end's switch is not connected, or only just is. */
    UNCONFIRMED,
    /** Probes arrive over it, but it has come and gone so often that it must first last for a while. */
    DAMPED
}
