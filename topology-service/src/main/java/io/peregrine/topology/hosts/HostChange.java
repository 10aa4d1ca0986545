/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.hosts;

import static java.util.Objects.requireNonNull;

/**
 * A step of the set of hosts. Applied in their order, steps lead from one set to the next.
 */
public sealed interface HostChange {
    /**
     * A host is known now.
     *
     * @param host the host
     */
    record Added(Host host) implements HostChange {
        public Added {
            requireNonNull(host);
        }
    }

    /**
     * A host is behind another port, perhaps with another MAC address too.
     *
     * @param from as it was
     * @param to as it is
     */
    record Moved(Host from, Host to) implements HostChange {
        public Moved {
            requireNonNull(from);
            requireNonNull(to);
        }
    }

    /**
     * Another station behind the same port has the address.
     *
     * @param from as it was
     * @param to as it is
     */
    record MacChanged(Host from, Host to) implements HostChange {
        public MacChanged {
            requireNonNull(from);
            requireNonNull(to);
        }
    }

    /**
     * Only the status of a host is another.
     *
     * @param from as it was
     * @param to as it is
     */
    record StatusChanged(Host from, Host to) implements HostChange {
        public StatusChanged {
            requireNonNull(from);
            requireNonNull(to);
        }
    }

    /**
     * Another place has been found to have a host's address, too.
     *
     * @param conflict both places
     */
    record ConflictBegan(Conflict conflict) implements HostChange {
        public ConflictBegan {
            requireNonNull(conflict);
        }
    }

    /**
     * Only one place has an address again.
     *
     * @param conflict both places, as it was
     */
    record ConflictEnded(Conflict conflict) implements HostChange {
        public ConflictEnded {
            requireNonNull(conflict);
        }
    }

    /**
     * A host is not known any more.
     *
     * @param host as it was
     */
    record Removed(Host host) implements HostChange {
        public Removed {
            requireNonNull(host);
        }
    }
}
