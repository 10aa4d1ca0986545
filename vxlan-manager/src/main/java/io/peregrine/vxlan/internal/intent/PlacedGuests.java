/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import io.peregrine.vxlan.GuestPort;
import io.peregrine.vxlan.Placement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Component;

/**
 * Which guests are where, for who checks a commit: a copy of the overlay's placements that can be read on any thread
 * without waiting. Unknown is not guests.
 */
@Component(service = PlacedGuests.class)
public final class PlacedGuests {
    private record Place(String guest, Set<String> edges) {
    }

    private final Map<String, Place> places = new ConcurrentHashMap<>();

    /**
     * A port's placement may have changed.
     *
     * @param port the port
     * @param placement where it is
     */
    public void put(final GuestPort port, final Placement placement) {
        // what a guest has left does not hold anybody up
        places.put(port.interfaceId(), new Place(port.guest(), placement.attachments().entrySet().stream()
            .filter(entry -> !entry.getValue().equals(Placement.Attachment.LEFT))
            .map(Map.Entry::getKey).collect(Collectors.toUnmodifiableSet())));
    }

    /**
     * A port is not known any more.
     *
     * @param interfaceId the port
     */
    public void remove(final String interfaceId) {
        places.remove(interfaceId);
    }

    /** Nothing is known any more. */
    public void clear() {
        places.clear();
    }

    /**
     * The guests at an edge.
     *
     * @param edge the edge
     * @return their names, each once, in order
     */
    public List<String> at(final String edge) {
        return places.values().stream().filter(place -> place.edges.contains(edge)).map(Place::guest).distinct()
            .sorted().toList();
    }
}
