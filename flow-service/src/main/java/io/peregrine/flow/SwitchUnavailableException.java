/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

/**
 * There is no OpenFlow session with the switch, or it ended before the switch answered.
 */
public class SwitchUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    public SwitchUnavailableException(final DatapathId datapath, final String message) {
        super("switch " + datapath + ": " + message);
    }

    public SwitchUnavailableException(final DatapathId datapath, final String message, final Throwable cause) {
        super("switch " + datapath + ": " + message, cause);
    }
}
