/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.core;

/**
 * What is to be expected of a migration's copy.
 */
public enum Forecast {
    /** The source is about to pause the guest for the last part of the copy. */
    STOP_SOON,
    /** It is not: the copy goes on. */
    COPY_GOES_ON,
    /** The source is told at this moment to pause the guest; whether it has done so comes as its own word. */
    STOP_UNDER_WAY
}
