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
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.common.api.CommitInfo;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yang.gen.v1.urn.opendaylight.aaa.password.service.config.rev170619.PasswordServiceConfig;
import org.opendaylight.yang.gen.v1.urn.opendaylight.aaa.password.service.config.rev170619.PasswordServiceConfigBuilder;
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
 * Gets OpenDaylight's password service over a race at start. It waits for its configuration to be told, but loses what
 * comes before its constructor has ended (AAA-281); then nobody can log in, for as long as the process runs. While the
 * service is missing, its configuration is written again from time to time, which makes it be told again.
 */
@Component(service = { })
public final class PasswordServiceStart {
    static final InstanceIdentifier<PasswordServiceConfig> CONFIG =
        InstanceIdentifier.create(PasswordServiceConfig.class);

    private static final Logger LOG = LoggerFactory.getLogger(PasswordServiceStart.class);
    private static final long PERIOD_MILLIS = 5000;
    /** As the model has it by default. Empty configuration would not be a change, and not be told. */
    private static final String ALGORITHM = "SHA-512";

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
        new ThreadFactoryBuilder().setNameFormat("peregrine-aaa-start-%d").setDaemon(true).build());
    private final DataBroker dataBroker;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
    volatile PasswordHashService passwordService;

    /**
     * Begins to watch.
     *
     * @param dataBroker where the configuration is
     */
    @Activate
    public PasswordServiceStart(@Reference final DataBroker dataBroker) {
        this(dataBroker, PERIOD_MILLIS);
    }

    PasswordServiceStart(final DataBroker dataBroker, final long periodMillis) {
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
        if (passwordService != null) {
            LOG.debug("The password service is there");
            executor.shutdown();
            return;
        }
        LOG.info("OpenDaylight's password service is not there yet: its configuration is written again");
        try (var tx = dataBroker.newReadOnlyTransaction()) {
            tx.read(LogicalDatastoreType.CONFIGURATION, CONFIG).addCallback(new FutureCallback<>() {
                @Override
                public void onSuccess(final Optional<PasswordServiceConfig> found) {
                    write(found.orElseGet(() -> new PasswordServiceConfigBuilder().setAlgorithm(ALGORITHM).build()));
                }

                @Override
                public void onFailure(final Throwable cause) {
                    LOG.warn("The password service's configuration could not be read", cause);
                }
            }, Runnable::run);
        }
    }

    private void write(final PasswordServiceConfig config) {
        final var tx = dataBroker.newWriteOnlyTransaction();
        tx.put(LogicalDatastoreType.CONFIGURATION, CONFIG, config);
        tx.commit().addCallback(new FutureCallback<CommitInfo>() {
            @Override
            public void onSuccess(final CommitInfo result) {
                LOG.debug("The password service's configuration is written");
            }

            @Override
            public void onFailure(final Throwable cause) {
                LOG.warn("The password service's configuration could not be written", cause);
            }
        }, Runnable::run);
    }
}
