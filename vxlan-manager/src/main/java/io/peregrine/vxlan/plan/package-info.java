/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/**
 * What an edge's flow tables hold, as a pure function of networks, tunnels and placements.
 *
 * <pre>
 *              guest and border ports                      tunnels
 *                        |                                    |
 *   0 ingress     port to network ---------------+   tunnel id to network
 *                        |                       |            |
 *   1 guard       own MAC only                   |            |
 *   2 neighbours  ARP for known guests           |            |
 *   3 route                                      |            |
 *   4 remote      one copy per edge elsewhere    |            |
 *                        |                                    |
 *   5 local       tap, behind its gate  &lt;---------------------+
 * </pre>
 * What comes out of a tunnel enters at table 5 and so never enters a tunnel again (split horizon).
 */
package io.peregrine.vxlan.plan;
