/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.aaa.internal;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.opendaylight.aaa.api.password.service.PasswordHashService;
import org.opendaylight.aaa.encrypt.AAAEncryptionService;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.common.api.CommitInfo;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.config.aaa.authn.encrypt.service.config.rev160915.AaaEncryptServiceConfig;
import org.opendaylight.yang.gen.v1.urn.opendaylight.aaa.password.service.config.rev170619.PasswordServiceConfig;
import org.opendaylight.yang.gen.v1.urn.opendaylight.aaa.password.service.config.rev170619.PasswordServiceConfigBuilder;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets OpenDaylight's password and encryption services over a race at start. They wait for their configuration to be
 * told, but lose what comes before their constructor has ended (AAA-281); then nobody can log in, or RESTCONF stays
 * away, for as long as the process runs. While a service is missing, its configuration is written again from time to
 * time, which makes it be told again.
 */
@Component(service = { })
public final class AaaStart {
    static final InstanceIdentifier<PasswordServiceConfig> PASSWORD = InstanceIdentifier.create(
        PasswordServiceConfig.class);
    static final InstanceIdentifier<AaaEncryptServiceConfig> ENCRYPTION = InstanceIdentifier.create(
        AaaEncryptServiceConfig.class);

    private static final Logger LOG = LoggerFactory.getLogger(AaaStart.class);
    private static final long PERIOD_MILLIS = 5000;
    /** As the model has it by default. Empty configuration would not be a change, and not be told. */
    private static final String ALGORITHM = "SHA-512";

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
        new ThreadFactoryBuilder().setNameFormat("peregrine-aaa-start-%d").setDaemon(true).build());
    private final DataBroker dataBroker;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    volatile PasswordHashService passwordService;
    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    volatile AAAEncryptionService encryptionService;

    /**
     * Begins to watch.
     *
     * @param dataBroker where the configuration is
     */
    @Activate
    public AaaStart(@Reference final DataBroker dataBroker) {
        this(dataBroker, PERIOD_MILLIS);
    }

    AaaStart(final DataBroker dataBroker, final long periodMillis) {
        this.dataBroker = requireNonNull(dataBroker);
        executor.scheduleWithFixedDelay(this::check, periodMillis, periodMillis, TimeUnit.MILLISECONDS);
    }

    @Deactivate
    void close() {
        executor.shutdownNow();
    }

    boolean hasEnded() {
        return executor.isShutdown();
    }

    private void check() {
        final boolean password = passwordService != null;
        final boolean encryption = encryptionService != null;
        if (password && encryption) {
            LOG.debug("The password and encryption services are there");
            executor.shutdown();
            return;
        }
        if (!password) {
            tellAgain("password", PASSWORD,
                Optional.of(new PasswordServiceConfigBuilder().setAlgorithm(ALGORITHM).build()));
        }
        if (!encryption) {
            // With none it makes its own
            tellAgain("encryption", ENCRYPTION, Optional.empty());
        }
    }

    private <T extends DataObject> void tellAgain(final String service, final InstanceIdentifier<T> path,
            final Optional<T> otherwise) {
        try (var tx = dataBroker.newReadOnlyTransaction()) {
            tx.read(LogicalDatastoreType.CONFIGURATION, path).addCallback(new FutureCallback<>() {
                @Override
                public void onSuccess(final Optional<T> found) {
                    found.or(() -> otherwise).ifPresent(config -> write(service, path, config));
                }

                @Override
                public void onFailure(final Throwable cause) {
                    LOG.warn("The {} service's configuration could not be read", service, cause);
                }
            }, Runnable::run);
        }
    }

    private <T extends DataObject> void write(final String service, final InstanceIdentifier<T> path,
            final T config) {
        LOG.info("OpenDaylight's {} service is not there yet: its configuration is written again", service);
        final var tx = dataBroker.newWriteOnlyTransaction();
        tx.put(LogicalDatastoreType.CONFIGURATION, path, config);
        tx.commit().addCallback(new FutureCallback<CommitInfo>() {
            @Override
            public void onSuccess(final CommitInfo result) {
                LOG.debug("The {} service's configuration is written", service);
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.warn("The {} service's configuration could not be written", service, cause);
            }
        }, Runnable::run);
    }
}
