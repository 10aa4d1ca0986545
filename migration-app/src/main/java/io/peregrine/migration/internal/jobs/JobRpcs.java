/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static java.util.Objects.requireNonNull;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import io.peregrine.migration.internal.core.jobs.Checks;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.opendaylight.mdsal.binding.api.RpcProviderService;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.MigrationUri;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CancelMigration;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CancelMigrationInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CancelMigrationOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CancelMigrationOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigration;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigrationInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigrationOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.CheckMigrationOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.EvacuateHypervisor;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.EvacuateHypervisorInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.EvacuateHypervisorOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.EvacuateHypervisorOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.GuestReference;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.JobId;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MigrateGuest;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MigrateGuestInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MigrateGuestOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MigrateGuestOutputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.cancel.migration.input.what.Guest;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.cancel.migration.input.what.Job;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.check.migration.output.Point;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.check.migration.output.PointBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.check.migration.output.PointKey;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.RpcResult;
import org.opendaylight.yangtools.yang.common.RpcResultBuilder;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The RPCs of peregrine-jobs. What they ask for is done on threads of their own.
 */
final class JobRpcs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JobRpcs.class);
    private static final int THREADS = 4;
    private static final int QUEUE = 64;
    private static final long IDLE_SECONDS = 30;
    private static final int PARALLEL = 2;

    private final Jobs jobs;
    private final ThreadPoolExecutor executor = executor("peregrine-jobs-rpc");
    /** A libvirt that does not answer those who ask before a move must not keep others from beginning or ending one. */
    private final ThreadPoolExecutor checking = executor("peregrine-jobs-check");
    private final ThreadPoolExecutor cancelling = executor("peregrine-jobs-cancel");
    private final Registration registration;

    JobRpcs(final RpcProviderService rpcs, final Jobs jobs) {
        this.jobs = requireNonNull(jobs);
        registration = rpcs.registerRpcImplementations((CheckMigration) this::check, (MigrateGuest) this::migrate,
            (CancelMigration) this::cancel, (EvacuateHypervisor) this::evacuate);
    }

    private static ThreadPoolExecutor executor(final String name) {
        final var result = new ThreadPoolExecutor(THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE), task -> {
                final var thread = new Thread(task, name);
                thread.setDaemon(true);
                return thread;
            });
        result.allowCoreThreadTimeOut(true);
        return result;
    }

    /** What an RPC does. */
    @FunctionalInterface
    private interface Call<T> {
        T answer() throws Refusal;
    }

    /** A mistake in one call must get an answer, too. */
    @SuppressWarnings("checkstyle:illegalCatch")
    private static <T> ListenableFuture<RpcResult<T>> submit(final Executor where, final Call<T> call) {
        final var result = SettableFuture.<RpcResult<T>>create();
        try {
            where.execute(() -> {
                try {
                    result.set(RpcResultBuilder.success(call.answer()).build());
                } catch (Refusal e) {
                    result.set(refused(e));
                } catch (RuntimeException e) {
                    LOG.error("Unexpected failure", e);
                    result.setException(e);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("{} calls wait", QUEUE, e);
            result.set(refused(new Refusal(Refusal.Kind.BUSY, "too many calls wait for an answer; try again later")));
        }
        return result;
    }

    private static <T> RpcResult<T> refused(final Refusal refusal) {
        final var tag = switch (refusal.kind()) {
            case INVALID -> ErrorTag.INVALID_VALUE;
            case MISSING -> ErrorTag.DATA_MISSING;
            case IMPOSSIBLE -> ErrorTag.RESOURCE_DENIED;
            case BUSY -> ErrorTag.IN_USE;
        };
        final var result = RpcResultBuilder.<T>failed();
        refusal.reasons().forEach(reason -> result.withError(ErrorType.APPLICATION, tag, reason));
        return result.build();
    }

    private ListenableFuture<RpcResult<CheckMigrationOutput>> check(final CheckMigrationInput input) {
        return submit(checking, () -> {
            final var points = jobs.check(guest(input.getGuest()), host("destination", input.getDestination()),
                options(input, input.getMigrationUri()));
            return new CheckMigrationOutputBuilder().setPossible(Checks.failed(points).isEmpty())
                .setPoint(points.stream().map(point -> new PointBuilder().withKey(new PointKey(point.name()))
                    .setResult(switch (point.result()) {
                        case OK -> Point.Result.Ok;
                        case FAILED -> Point.Result.Failed;
                        case UNKNOWN -> Point.Result.Unknown;
                    })
                    .setFound(point.found()).setFix(point.fix().orElse(null)).build()).toList()).build();
        });
    }

    private ListenableFuture<RpcResult<MigrateGuestOutput>> migrate(final MigrateGuestInput input) {
        return submit(executor, () -> new MigrateGuestOutputBuilder().setJob(new JobId(jobs.migrate(
            guest(input.getGuest()), host("destination", input.getDestination()),
            options(input, input.getMigrationUri()), Boolean.TRUE.equals(input.getSkipCheck())))).build());
    }

    private ListenableFuture<RpcResult<CancelMigrationOutput>> cancel(final CancelMigrationInput input) {
        return submit(cancelling, () -> {
            if (input.getWhat() instanceof Job one) {
                return new CancelMigrationOutputBuilder()
                    .setJob(new JobId(jobs.cancel(one.requireJob().getValue()))).build();
            }
            if (input.getWhat() instanceof Guest one) {
                return new CancelMigrationOutputBuilder()
                    .setJob(jobs.cancelGuest(one.requireGuest().getValue()).map(JobId::new).orElse(null)).build();
            }
            throw new Refusal(Refusal.Kind.INVALID, "job or guest: one of the two has to be given");
        });
    }

    private ListenableFuture<RpcResult<EvacuateHypervisorOutput>> evacuate(final EvacuateHypervisorInput input) {
        return submit(executor, () -> new EvacuateHypervisorOutputBuilder().setJob(new JobId(jobs.evacuate(
            host("hypervisor", input.getHypervisor()),
            input.getParallel() == null ? PARALLEL : input.getParallel().intValue(),
            input.getDestination() == null ? Set.of()
                : input.getDestination().stream().map(EdgeName::getValue).collect(Collectors.toSet()),
            options(input, null)))).build());
    }

    /** OpenDaylight does not see to it that what is mandatory is there. */
    private static String guest(final GuestReference guest) throws Refusal {
        if (guest == null) {
            throw new Refusal(Refusal.Kind.INVALID, "guest: it is missing; give its name or UUID");
        }
        return guest.getValue();
    }

    private static String host(final String field, final EdgeName host) throws Refusal {
        if (host == null) {
            throw new Refusal(Refusal.Kind.INVALID, field + ": it is missing; give a hypervisor's name");
        }
        return host.getValue();
    }

    private static MoveOptions options(
            final org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MoveOptions input, final MigrationUri uri) {
        return new MoveOptions(Boolean.TRUE.equals(input.getPersistent()),
            Boolean.TRUE.equals(input.getUndefineSource()), Boolean.TRUE.equals(input.getSuspend()),
            Boolean.TRUE.equals(input.getPostCopy()), Boolean.TRUE.equals(input.getAutoConverge()),
            Boolean.TRUE.equals(input.getTunnelled()), Boolean.TRUE.equals(input.getCopyStorage()),
            input.getBandwidth() == null ? OptionalInt.empty() : OptionalInt.of(input.getBandwidth().intValue()),
            Optional.ofNullable(input.getTimeout()).map(Uint32::toJava).map(Duration::ofSeconds),
            Optional.ofNullable(uri).map(MigrationUri::getValue));
    }

    @Override
    public void close() {
        registration.close();
        executor.shutdown();
        checking.shutdown();
        cancelling.shutdown();
    }
}
