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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Remembers what hypervisors told.
 */
final class Heard implements HostListener {
    private final List<String> log = new ArrayList<>();
    private final Map<UUID, DomainReport> reports = new HashMap<>();

    /** Events that nobody wants. */
    static final class Events implements LibvirtDriver.EventListener {
        @Override
        public void onLifecycle(final UUID uuid, final LifecycleEvent event, final long at) {
            // Not wanted
        }

        @Override
        public void onDevices(final UUID uuid) {
            // Not wanted
        }

        @Override
        public void onDowntime(final UUID uuid, final long downtime) {
            // Not wanted
        }

        @Override
        public void onIteration(final UUID uuid) {
            // Not wanted
        }

        @Override
        public void onLost(final String why) {
            // Not wanted
        }
    }

    synchronized boolean has(final String line) {
        return log.contains(line);
    }

    synchronized long count(final String line) {
        return log.stream().filter(line::equals).count();
    }

    synchronized List<String> log() {
        return List.copyOf(log);
    }

    synchronized DomainReport report(final UUID uuid) {
        return reports.get(uuid);
    }

    private synchronized void add(final String line) {
        log.add(line);
    }

    @Override
    public void onEvent(final String host, final UUID uuid, final LifecycleEvent event, final long at) {
        add(host + " " + uuid + " " + event);
    }

    @Override
    public void onDevices(final String host, final UUID uuid) {
        add("devices " + host + " " + uuid);
    }

    @Override
    public void onDowntime(final String host, final UUID uuid, final long downtime) {
        add("downtime " + host + " " + uuid + " " + downtime);
    }

    @Override
    public void onForecast(final String host, final UUID uuid, final Forecast forecast) {
        add("forecast " + host + " " + uuid + " " + forecast);
    }

    @Override
    public void onConnected(final String host) {
        add("connected " + host);
    }

    @Override
    public void onDisconnected(final String host, final String problem) {
        add("disconnected " + host + ": " + problem);
    }

    @Override
    public synchronized void onInventory(final String host, final List<DomainReport> domains, final long askedAt) {
        domains.forEach(report -> reports.put(report.uuid(), report));
        add("inventory " + host);
    }

    @Override
    public synchronized void onAnswer(final String host, final UUID uuid, final Optional<DomainReport> report,
            final long askedAt) {
        report.ifPresent(known -> reports.put(uuid, known));
        add("answer " + host + " " + uuid + " "
            + report.map(known -> known.level().domainState().toString()).orElse("none"));
    }
}
