/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/**
 * The reckoning behind the programmer: what is desired, what a switch is believed to have, and the ordered changes that
 * lead from one to the other. Plain Java; no thread, clock or I/O of its own.
 */
package io.peregrine.flow.internal.core;
