/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import java.util.Map;
import org.opendaylight.openflowplugin.api.openflow.configuration.ConfigurationService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to the settings of OpenFlowPlugin (0.17.3) without which switches cannot be read back, whatever its
 * configuration file says, or whether that has been read: groups come with their buckets only by the RPCs of the
 * statistics service, and these need the serialisation in two layers. The latter counts until the plugin begins to
 * listen for switches.
 */
@Component(service = { }, immediate = true)
public final class PluginSettings {
    private static final Logger LOG = LoggerFactory.getLogger(PluginSettings.class);
    private static final Map<String, String> NEEDED = Map.of(
        "is-statistics-rpc-enabled", "true", "use-single-layer-serialization", "false");

    private final ConfigurationService settings;
    private final AutoCloseable listener;

    /**
     * Makes the settings, and keeps them.
     *
     * @param settings the plugin's
     */
    @Activate
    public PluginSettings(@Reference final ConfigurationService settings) {
        this.settings = settings;
        settings.update(NEEDED);
        listener = settings.registerListener(this::onChange);
    }

    private void onChange(final String name, final String value) {
        final var needed = NEEDED.get(name);
        if (needed != null && !needed.equals(value)) {
            LOG.warn("OpenFlowPlugin's {} stays {}: without it no switch can be read back", name, needed);
            settings.update(Map.of(name, needed));
        }
    }

    @Deactivate
    @SuppressWarnings("checkstyle:illegalCatch")
    void close() {
        try {
            listener.close();
        } catch (Exception e) {
            LOG.debug("OpenFlowPlugin goes as well", e);
        }
    }
}
