/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.libvirt;

import io.peregrine.migration.internal.core.Forecast;
import io.peregrine.migration.internal.core.LifecycleEvent;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Hears what hypervisors tell. Events come on libvirt's one event-loop thread, the rest on the hosts' own threads; none
 * may be blocked.
 */
public interface HostListener {
    /**
     * A domain's state has changed.
     *
     * @param host the hypervisor
     * @param uuid the domain
     * @param event the event
     * @param at when it was received, {@link System#nanoTime()}
     */
    void onEvent(String host, UUID uuid, LifecycleEvent event, long at);

    /**
     * A domain's devices have changed.
     *
     * @param host the hypervisor
     * @param uuid the domain
     */
    void onDevices(String host, UUID uuid);

    /**
     * A migration's job has completed.
     *
     * @param host the hypervisor
     * @param uuid the domain
     * @param downtime how long the guest was paused as QEMU reports it, milliseconds
     */
    void onDowntime(String host, UUID uuid, long downtime);

    /**
     * A forecast for the copy of a domain that is watched has changed.
     *
     * @param host the source
     * @param uuid the domain
     * @param forecast what is expected
     */
    void onForecast(String host, UUID uuid, Forecast forecast);

    /**
     * The connection has been made, and its domains are going to be read.
     *
     * @param host the hypervisor
     */
    void onConnected(String host);

    /**
     * The connection is lost, or an attempt to make it has failed.
     *
     * @param host the hypervisor
     * @param problem why
     */
    void onDisconnected(String host, String problem);

    /**
     * All active domains of a hypervisor. What is not in the list was not there.
     *
     * @param host the hypervisor
     * @param domains the domains
     * @param askedAt when reading began, {@link System#nanoTime()}
     */
    void onInventory(String host, List<DomainReport> domains, long askedAt);

    /**
     * The answer to a question about one domain.
     *
     * @param host the hypervisor
     * @param uuid the domain
     * @param report what is known of it; empty if it is not active there
     * @param askedAt when it was asked, {@link System#nanoTime()}
     */
    void onAnswer(String host, UUID uuid, Optional<DomainReport> report, long askedAt);
}
