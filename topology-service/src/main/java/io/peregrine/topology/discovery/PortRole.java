/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.discovery;

/**
 * What may hang at a port.
 */
public enum PortRole {
    /** Nobody has said: a probe that arrives makes a link. */
    FABRIC,
    /** A host has been seen there. No links; probes are sent out rarely, so that a switch at the other end can tell. */
    HOST_LEARNED,
    /** Intent says that a host is there. No links, and no probes are sent out for the host to read. */
    HOST_DECLARED
}
