/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/**
 * Finds the plain hosts of an OpenFlow fabric: which IPv4 address is behind which host port, with which MAC address.
 * {@link io.peregrine.topology.hosts.HostTracker} decides, without threads, clock or I/O of its own.
 */
package io.peregrine.topology.hosts;
