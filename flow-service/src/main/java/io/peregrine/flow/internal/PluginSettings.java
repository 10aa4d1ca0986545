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
import java.util.Optional;
import java.util.function.Function;
import org.opendaylight.infrautils.ready.SystemReadyMonitor;
import org.opendaylight.infrautils.ready.SystemState;
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
 * switches, which it does when the container has started; changed later, it makes the plugin misread every switch that
 * connects, whoever it belongs to. So a plugin that listens already is left alone until the next start.
 */
@Component(service = PluginSettings.class, immediate = true, configurationPid = FlowConfiguration.PID)
public final class PluginSettings {
    private static final Logger LOG = LoggerFactory.getLogger(PluginSettings.class);
    private static final String LAYERS = "use-single-layer-serialization";
    private static final String TWO_LAYERS = "false";
    private static final String RPC = "is-statistics-rpc-enabled";
    /** Peregrine reads back what it needs when it needs it, and sends a barrier of its own after each batch. */
    private static final Map<String, String> PACE = Map.of(
        "is-statistics-polling-on", "false", "barrier-interval-timeout-limit", "5");

    private final ConfigurationService settings;
    private final Map<String, String> wanted = new HashMap<>();
    /** What to put back; the layers are not of it, for the plugin goes on as it has begun. */
    private final Map<String, String> before = new HashMap<>();
    private final AutoCloseable listener;
    private final boolean late;

    /**
     * Makes the settings, and keeps them.
     *
     * @param settings the plugin's
     * @param container tells whether the plugin listens already
     * @param configuration ours
     */
    @Activate
    public PluginSettings(@Reference final ConfigurationService settings,
            @Reference final SystemReadyMonitor container, final FlowConfiguration configuration) {
        this.settings = settings;
        late = container.getSystemState() == SystemState.ACTIVE && !TWO_LAYERS.equals(value(LAYERS));
        if (late) {
            LOG.warn("No switch can be read back: {}", obstacle().orElseThrow());
        } else {
            wanted.put(LAYERS, TWO_LAYERS);
        }
        wanted.put(RPC, "true");
        if (!configuration.keep$_$plugin$_$pace()) {
            wanted.putAll(PACE);
        }
        wanted.keySet().stream().filter(name -> !LAYERS.equals(name)).forEach(name -> {
            final var value = value(name);
            if (value != null) {
                before.put(name, value);
            }
        });
        settings.update(wanted);
        listener = settings.registerListener(this::onChange);
    }

    private String value(final String name) {
        return settings.getProperty(name, Function.identity());
    }

    /**
     * Why no switch can be read back.
     *
     * @return empty if they can
     */
    Optional<String> obstacle() {
        return late ? Optional.of("Peregrine was installed while OpenFlowPlugin was running, and can program switches"
            + " from the next start of the controller on: restart it") : Optional.empty();
    }

    private void onChange(final String name, final String value) {
        final var right = wanted.get(name);
        if (right != null && !right.equals(value)) {
            LOG.info("OpenFlowPlugin's {} stays {}, not {}", name, right, value);
            settings.update(Map.of(name, right));
        }
    }

    /** Puts back what may be changed while the plugin runs; that counts for switches that connect from now on. */
    @Deactivate
    @SuppressWarnings("checkstyle:illegalCatch")
    void close() {
        try {
            listener.close();
        } catch (Exception e) {
            LOG.debug("OpenFlowPlugin goes as well", e);
        }
        settings.update(before);
    }
}
