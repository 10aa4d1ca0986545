/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

import java.util.Locale;

/**
 * An OpenFlow action, of those Peregrine uses (OpenFlow 1.3.5, 7.2.5).
 */
public sealed interface Action {
    /** The port the packet came in by, as an output (OFPP_IN_PORT). */
    long IN_PORT = 0xFFFF_FFF8L;
    /** The switch's first table, for a packet that the controller sends (OFPP_TABLE). */
    long TABLE = 0xFFFF_FFF9L;
    /** The controller, as an output (OFPP_CONTROLLER). */
    long CONTROLLER = 0xFFFF_FFFDL;
    /** The switch's own network stack (OFPP_LOCAL). */
    long LOCAL = 0xFFFF_FFFEL;

    /**
     * Sends a copy to a port. To the port the packet came in by only as {@link #IN_PORT}. To the controller the packet
     * goes whole, unbuffered.
     *
     * @param port the port number, or a reserved one
     */
    record Output(long port) implements Action {
        @Override
        public String toString() {
            return "output:" + (port == IN_PORT ? "IN_PORT" : port == CONTROLLER ? "CONTROLLER"
                : port == LOCAL ? "LOCAL" : Long.toString(port));
        }
    }

    /**
     * Processes a copy through a group.
     *
     * @param groupId the group's number
     */
    record ToGroup(long groupId) implements Action {
        @Override
        public String toString() {
            return "group:" + groupId;
        }
    }

    /**
     * Overwrites a field.
     *
     * @param field which
     * @param value its new value
     */
    record SetField(OxmField field, FieldValue value) implements Action {
        @Override
        public String toString() {
            return "set_field:" + value + "->" + field.name().toLowerCase(Locale.ROOT);
        }
    }

    /** Decrements the IP TTL or hop limit; an expired packet goes to the controller as OFPR_INVALID_TTL. */
    record DecTtl() implements Action {
        @Override
        public String toString() {
            return "dec_ttl";
        }
    }
}
