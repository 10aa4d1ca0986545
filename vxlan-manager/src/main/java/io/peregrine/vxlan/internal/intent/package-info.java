/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/**
 * What operators want of the overlay: its values in plain Java, how they are read from the configuration datastore, and
 * the rules that a change has to keep.
 */
package io.peregrine.vxlan.internal.intent;
