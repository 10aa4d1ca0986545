/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
/**
 * Moves that Peregrine starts itself, as far as they are computed: what a guest needs, what is checked beforehand,
 * which hypervisor takes a guest, and the states of a job.
 */
package io.peregrine.migration.internal.core.jobs;
