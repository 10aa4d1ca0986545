/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/**
 * Flows and groups of OpenFlow 1.3 switches as plain values, and the service that keeps switches as they are desired.
 * Nothing here knows OpenDaylight's models: {@code internal} translates.
 */
package io.peregrine.flow;
