/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow;

/**
 * Programs that reach no switch, for rehearsals: those make a virtual machine compile what must be quick later.
 * Thread-safe.
 */
@FunctionalInterface
public interface FlowRehearsal {
    /**
     * A program whose changes are compared, ordered, translated and confirmed as those of a switch that takes
     * everything at once.
     *
     * @return the program, to be closed
     */
    SwitchProgram rehearse();
}
