/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

/**
 * How the network is made to follow a guest.
 */
public enum Mode {
    /**
     * Every sender sends to both places during the copy, and the destination's gate is opened when the source has
     * paused the guest. What is sent between that and the open gate is lost.
     */
    REACTIVE,
    /**
     * Every sender sends to one place, and is turned to the destination in one step shortly before the source pauses
     * the guest, so that frames wait at the destination. Nothing is lost or sent twice; what is sent early waits
     * longer.
     */
    PREDICTIVE
}
