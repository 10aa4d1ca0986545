/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.plan;

import io.peregrine.flow.DatapathId;
import io.peregrine.flow.Fragment;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The switches of edges, as {@link Overlay} needs them.
 */
public interface EdgeSwitches {
    /**
     * Says which switch an edge has; its program starts empty.
     *
     * @param edge the edge
     * @param datapath its bridge, empty for none
     */
    void use(String edge, Optional<DatapathId> datapath);

    /**
     * Replaces fragments of an edge's program, as {@link io.peregrine.flow.SwitchProgram#apply}.
     *
     * @param edge the edge
     * @param changes by fragment name; none asks only for a confirmation of what was sent before
     * @return completes when the switch has confirmed
     */
    CompletableFuture<Void> apply(String edge, Map<String, Fragment> changes);

    /**
     * Asks whether an edge's switch has all of some fragments, as {@link io.peregrine.flow.SwitchProgram#confirm}.
     *
     * @param edge the edge
     * @param fragments their names
     * @return completes if it has; exceptionally with what it lacks, also if the edge has no switch
     */
    CompletableFuture<Void> confirm(String edge, Set<String> fragments);

    /**
     * Whether an edge's switch is as desired, as {@link io.peregrine.flow.SwitchProgram.State#IN_SYNC}.
     *
     * @param edge the edge
     * @return false also if it has no switch
     */
    boolean inSync(String edge);

    /**
     * Sends a fragment's timed entries again, as {@link io.peregrine.flow.SwitchProgram#renew}.
     *
     * @param edge the edge
     * @param fragment the fragment's name
     * @return completes when the switch has confirmed
     */
    CompletableFuture<Void> renew(String edge, String fragment);

    /**
     * Says whether everything that the edge's program depends on is known.
     *
     * @param edge the edge
     * @param unheard hypervisors whose guests are not known, and the edge itself if its OVSDB has not been read; if
     *     there is none, what is not desired may be deleted from the switch
     */
    void setUnheard(String edge, Set<String> unheard);
}
