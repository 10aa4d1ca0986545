/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.opendaylight.infrautils.ready.SystemReadyMonitor;
import org.opendaylight.infrautils.ready.SystemState;
import org.opendaylight.openflowplugin.api.openflow.configuration.ConfigurationListener;
import org.opendaylight.openflowplugin.api.openflow.configuration.ConfigurationService;

class PluginSettingsTest {
    private static final String RPC = "is-statistics-rpc-enabled";
    private static final String LAYERS = "use-single-layer-serialization";
    private static final String POLLING = "is-statistics-polling-on";
    private static final String BARRIER = "barrier-interval-timeout-limit";

    /** As the plugin's: tells a listener of all there is, and then of changes only. */
    private static final class Settings implements ConfigurationService {
        final Map<String, String> values = new HashMap<>(
            Map.of(RPC, "false", LAYERS, "true", POLLING, "true", BARRIER, "500"));
        final List<ConfigurationListener> listeners = new ArrayList<>();

        @Override
        public void update(final Map<String, String> properties) {
            properties.forEach((name, value) -> {
                if (!value.equals(values.put(name, value))) {
                    listeners.forEach(listener -> listener.onPropertyChanged(name, value));
                }
            });
        }

        @Override
        public AutoCloseable registerListener(final ConfigurationListener listener) {
            listeners.add(listener);
            values.forEach(listener::onPropertyChanged);
            return () -> listeners.remove(listener);
        }

        @Override
        public <T> T getProperty(final String key, final Function<String, T> transformer) {
            return transformer.apply(values.get(key));
        }

        @Override
        public void close() {
            listeners.clear();
        }
    }

    private final Settings settings = new Settings();

    /** The component in a container that is starting: the plugin does not listen for switches yet. */
    private PluginSettings component(final boolean keep) {
        return component(SystemState.BOOTING, keep);
    }

    private PluginSettings component(final SystemState state, final boolean keep) {
        final var container = mock(SystemReadyMonitor.class);
        when(container.getSystemState()).thenReturn(state);
        final var configuration = mock(FlowConfiguration.class);
        when(configuration.keep$_$plugin$_$pace()).thenReturn(keep);
        return new PluginSettings(settings, container, configuration);
    }

    @Test
    void whatIsNeededIsSetAndStays() {
        final var component = component(true);
        final var needed = Map.of(RPC, "true", LAYERS, "false", POLLING, "true", BARRIER, "500");
        assertEquals(needed, settings.values);
        settings.update(Map.of(RPC, "false", LAYERS, "true"));
        assertEquals(needed, settings.values);
        settings.update(Map.of("echo", "2"));
        assertEquals("2", settings.values.get("echo"));
        component.close();
        settings.update(Map.of(RPC, "false"));
        assertEquals("false", settings.values.get(RPC));
    }

    @Test
    void pollingIsOffUnlessItIsToBeKept() {
        component(false);
        assertEquals("false", settings.values.get(POLLING));
        settings.update(Map.of(POLLING, "true", BARRIER, "500"));
        assertEquals("false", settings.values.get(POLLING));
    }

    @Test
    void aPluginThatListensKeepsItsLayersAndThatIsSaid() {
        final var late = component(SystemState.ACTIVE, true);
        assertEquals(Map.of(RPC, "true", LAYERS, "true", POLLING, "true", BARRIER, "500"), settings.values);
        assertTrue(late.obstacle().orElseThrow().contains("restart"));
        settings.update(Map.of(LAYERS, "false"));
        assertEquals("false", settings.values.get(LAYERS));
    }

    @Test
    void aPluginThatListensInTwoLayersIsAllRight() {
        settings.update(Map.of(LAYERS, "false"));
        assertEquals(Optional.empty(), component(SystemState.ACTIVE, true).obstacle());
        assertEquals(Optional.empty(), component(SystemState.BOOTING, true).obstacle());
    }

    @Test
    void afterwardsThePluginIsAsItWasButForItsLayers() {
        final var component = component(false);
        component.close();
        assertEquals(Map.of(RPC, "false", LAYERS, "false", POLLING, "true", BARRIER, "500"), settings.values);
        assertEquals(Optional.empty(), component(SystemState.ACTIVE, true).obstacle());
    }
}
