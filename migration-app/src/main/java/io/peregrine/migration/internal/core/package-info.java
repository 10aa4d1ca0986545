/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/**
 * What the migration application decides, without doing it: plain values and state machines. Nothing here does I/O,
 * waits, or knows OSGi, MD-SAL or libvirt's Java types; time comes in as nanosecond stamps.
 */
package io.peregrine.migration.internal.core;
