/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/**
 * A client of the Open vSwitch Database Management Protocol (RFC 7047) and of the extensions of ovsdb-server(7).
 *
 * <p>Start at {@link io.peregrine.ovsdb.OvsdbClientFactory}. Sizes are in bytes, times are {@link java.time.Duration}s.
 * <b>Threads:</b> every method may be called from any thread and returns at once. Listeners are called, and futures are
 * completed, on one serial executor per client (see {@link io.peregrine.ovsdb.OvsdbOptions#callbackExecutor()}), in the
 * order in which the server sent things: when a transaction's future completes, the monitors' listeners have already
 * seen its changes. So never wait there for another future of the same client: it cannot complete.
 */
package io.peregrine.ovsdb;
