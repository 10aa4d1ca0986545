/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.records;

import io.peregrine.migration.internal.core.Migration;
import java.util.UUID;

/**
 * Takes what is to be shown. All methods return at once and never wait for a datastore.
 */
public interface Records {
    /**
     * A guest is as told from now on.
     *
     * @param view the guest
     */
    void guest(GuestView view);

    /**
     * A guest is nowhere any more.
     *
     * @param uuid the domain
     */
    void noGuest(UUID uuid);

    /**
     * A session is as told from now on.
     *
     * @param view the session
     */
    void session(SessionView view);

    /**
     * A hypervisor is none of intent any more.
     *
     * @param host the hypervisor
     */
    void noSession(String host);

    /**
     * A migration is as told from now on.
     *
     * @param migration the record
     */
    void migration(Migration.Snapshot migration);

    /**
     * Something about the guest's ports has changed that the overlay knows.
     *
     * @param uuid the domain
     */
    void refresh(UUID uuid);
}
