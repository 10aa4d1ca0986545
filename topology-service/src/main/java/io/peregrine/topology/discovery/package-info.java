/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/**
 * Which port is wired to which: probes that are sent out of ports, and what follows from where they arrive. Plain Java
 * without threads; the time is told.
 *
 * <pre>
 *   switches, ports --&gt; LinkDiscovery --&gt; probe frames, sealed by ProbeCodec
 *   received frames --&gt;       |
 *   time            --&gt;       +---------&gt; Links, an immutable snapshot
 * </pre>
 */
package io.peregrine.topology.discovery;
