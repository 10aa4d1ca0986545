/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

/**
 * The switch refused a change.
 */
public class SwitchRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    public SwitchRefusedException(final DatapathId datapath, final String message) {
        super("switch " + datapath + ": " + message);
    }

    public SwitchRefusedException(final DatapathId datapath, final String message, final Throwable cause) {
        super("switch " + datapath + ": " + message, cause);
    }
}
