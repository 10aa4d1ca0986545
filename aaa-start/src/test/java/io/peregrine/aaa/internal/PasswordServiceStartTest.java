/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.aaa.internal;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.opendaylight.aaa.api.password.service.PasswordHashService;
import org.opendaylight.mdsal.binding.api.DataListener;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.opendaylight.aaa.password.service.config.rev170619.PasswordServiceConfig;

class PasswordServiceStartTest {
    private static final DataTreeIdentifier<PasswordServiceConfig> CONFIG =
        DataTreeIdentifier.create(LogicalDatastoreType.CONFIGURATION, PasswordServiceStart.CONFIG);

    private final AbstractConcurrentDataBrokerTest md = new AbstractConcurrentDataBrokerTest(true) { };

    @Test
    void configurationIsToldAgainUntilTheServiceIsThere() throws Exception {
        md.setup();
        final var told = new LinkedBlockingQueue<String>();
        final DataListener<PasswordServiceConfig> listener =
            config -> told.add(config == null ? "nothing" : config.getAlgorithm());
        final var start = new PasswordServiceStart(md.getDataBroker(), 10);
        try (var registration = md.getDataBroker().registerDataListener(CONFIG, listener)) {
            // As if it was lost, and the next one too
            assertTrue(told.take().matches("nothing|SHA-512"));
            assertEquals("SHA-512", told.take());
            assertEquals("SHA-512", told.take());

            start.passwordService = mock(PasswordHashService.class);
            await().until(start::hasEnded);
        } finally {
            start.close();
        }
    }
}
