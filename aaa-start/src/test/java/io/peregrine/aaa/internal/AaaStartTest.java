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
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.opendaylight.aaa.api.password.service.PasswordHashService;
import org.opendaylight.aaa.encrypt.AAAEncryptionService;
import org.opendaylight.mdsal.binding.api.DataListener;
import org.opendaylight.mdsal.binding.api.DataTreeIdentifier;
import org.opendaylight.mdsal.binding.dom.adapter.test.AbstractConcurrentDataBrokerTest;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.config.aaa.authn.encrypt.service.config.rev160915.AaaEncryptServiceConfig;
import org.opendaylight.yang.gen.v1.config.aaa.authn.encrypt.service.config.rev160915.AaaEncryptServiceConfigBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.aaa.password.service.config.rev170619.PasswordServiceConfig;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;

class AaaStartTest {
    private final AbstractConcurrentDataBrokerTest md = new AbstractConcurrentDataBrokerTest(true) { };

    private static <T extends DataObject> DataTreeIdentifier<T> configuration(final InstanceIdentifier<T> path) {
        return DataTreeIdentifier.create(LogicalDatastoreType.CONFIGURATION, path);
    }

    @Test
    void configurationIsToldAgainUntilTheServicesAreThere() throws Exception {
        md.setup();
        final var told = new LinkedBlockingQueue<String>();
        final DataListener<PasswordServiceConfig> listener =
            config -> told.add(config == null ? "nothing" : config.getAlgorithm());
        final var start = new AaaStart(md.getDataBroker(), 10);
        try (var registration = md.getDataBroker().registerDataListener(configuration(AaaStart.PASSWORD), listener)) {
            // As if it was lost, and the next one too
            assertTrue(told.take().matches("nothing|SHA-512"));
            assertEquals("SHA-512", told.take());
            assertEquals("SHA-512", told.take());

            start.passwordService = mock(PasswordHashService.class);
            start.encryptionService = mock(AAAEncryptionService.class);
            await().until(start::hasEnded);
        } finally {
            start.close();
        }
    }

    @Test
    void theKeyThatIsThereIsToldAgainAndNoneIsMade() throws Exception {
        md.setup();
        final var told = new LinkedBlockingQueue<String>();
        final DataListener<AaaEncryptServiceConfig> listener =
            config -> told.add(config == null ? "nothing" : config.getEncryptKey());
        final var start = new AaaStart(md.getDataBroker(), 10);
        start.passwordService = mock(PasswordHashService.class);
        try (var registration = md.getDataBroker().registerDataListener(configuration(AaaStart.ENCRYPTION), listener)) {
            assertEquals("nothing", told.take());
            assertNull(told.poll(100, TimeUnit.MILLISECONDS));
            final var tx = md.getDataBroker().newWriteOnlyTransaction();
            tx.put(LogicalDatastoreType.CONFIGURATION, AaaStart.ENCRYPTION,
                new AaaEncryptServiceConfigBuilder().setEncryptKey("a key").build());
            tx.commit().get();
            assertEquals("a key", told.take());
            assertEquals("a key", told.take());
            assertFalse(start.hasEnded());
        } finally {
            start.close();
        }
    }
}
