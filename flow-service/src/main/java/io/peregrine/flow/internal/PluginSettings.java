/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import java.util.HashMap;
import java.util.Map;
import org.opendaylight.openflowplugin.api.openflow.configuration.ConfigurationService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to the settings of OpenFlowPlugin (0.17.3), whatever its configuration file says, or whether that has been read.
 * Without some of them switches cannot be read back: groups come with their buckets only by the RPCs of the statistics
 * service, and these need the serialisation in two layers. The latter counts until the plugin begins to listen for
 * switches.
 */
@Component(service = { }, immediate = true, configurationPid = FlowConfiguration.PID)
public final class PluginSettings {
    private static final Logger LOG = LoggerFactory.getLogger(PluginSettings.class);
    private static final Map<String, String> NEEDED = Map.of(
        "is-statistics-rpc-enabled", "true", "use-single-layer-serialization", "false");
    /** Peregrine reads back what it needs when it needs it, and sends a barrier of its own after each batch. */
    private static final Map<String, String> PACE = Map.of(
        "is-statistics-polling-on", "false", "barrier-interval-timeout-limit", "5");

    private final ConfigurationService settings;
    private final Map<String, String> wanted = new HashMap<>(NEEDED);
    private final AutoCloseable listener;

    /**
     * Makes the settings, and keeps them.
     *
     * @param settings the plugin's
     * @param configuration ours
     */
    @Activate
    public PluginSettings(@Reference final ConfigurationService settings, final FlowConfiguration configuration) {
        this.settings = settings;
        if (!configuration.keep$_$plugin$_$pace()) {
            wanted.putAll(PACE);
        }
        settings.update(wanted);
        listener = settings.registerListener(this::onChange);
    }

    private void onChange(final String name, final String value) {
        final var right = wanted.get(name);
        if (right != null && !right.equals(value)) {
            LOG.info("OpenFlowPlugin's {} stays {}, not {}", name, right, value);
            settings.update(Map.of(name, right));
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
