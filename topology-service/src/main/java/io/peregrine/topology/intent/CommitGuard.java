/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.topology.intent;

import static java.util.Objects.requireNonNull;

import com.google.common.base.MoreObjects;
import com.google.common.base.MoreObjects.ToStringHelper;
import com.google.common.util.concurrent.FluentFuture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.dom.codec.api.BindingNormalizedNodeSerializer;
import org.opendaylight.mdsal.common.api.DataValidationFailedException;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.mdsal.common.api.PostCanCommitStep;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCandidate;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCommitCohort;
import org.opendaylight.mdsal.dom.api.DOMDataTreeCommitCohortRegistry;
import org.opendaylight.mdsal.dom.api.DOMDataTreeIdentifier;
import org.opendaylight.netconf.api.NetconfDocumentedException;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.util.concurrent.FluentFutures;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.binding.InstanceIdentifier;
import org.opendaylight.yangtools.yang.common.ErrorSeverity;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.PathArgument;
import org.opendaylight.yangtools.yang.data.api.schema.DataContainerNode;
import org.opendaylight.yangtools.yang.data.api.schema.NormalizedNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets no commit of intent pass that breaks rules, whoever makes it. It takes part in the commits of the configuration
 * datastore's default shard, at its root: there, and only there, one candidate has all containers as they would be
 * after the commit, so that rules across them hold without a race.
 *
 * <p>What is already broken before a commit does not stand in its way: a datastore may be older than a rule, and has to
 * be repaired step by step.
 */
public final class CommitGuard implements DOMDataTreeCommitCohort, AutoCloseable {
    /**
     * The rules. Called on the datastore's thread, which must not be blocked.
     */
    @FunctionalInterface
    public interface Rules {
        /**
         * Checks intent by itself.
         *
         * @param intent the containers
         * @return what is wrong
         */
        List<Problem> check(Containers intent);

        /**
         * Checks what cannot be told by the outcome alone.
         *
         * @param before the containers before the commit
         * @param after the containers after it
         * @return what is wrong
         */
        default List<Problem> checkChange(final Containers before, final Containers after) {
            return List.of();
        }
    }

    /** RESTCONF's answer has its text, too, which is short: the message is in the answer already. */
    private static final class Refused extends DataValidationFailedException {
        private static final long serialVersionUID = 1L;

        Refused(final String message, final NetconfDocumentedException cause) {
            super(DOMDataTreeIdentifier.class, ROOT, message, cause);
        }

        @Override
        protected ToStringHelper addToStringAttributes(final ToStringHelper helper) {
            return MoreObjects.toStringHelper("refused");
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(CommitGuard.class);
    private static final DOMDataTreeIdentifier ROOT =
        new DOMDataTreeIdentifier(LogicalDatastoreType.CONFIGURATION, YangInstanceIdentifier.of());
    private static final int MAX_PROBLEMS = 5;

    private final BindingNormalizedNodeSerializer serializer;
    private final Map<InstanceIdentifier<?>, PathArgument> containers = new LinkedHashMap<>();
    private final Rules rules;
    private final Registration registration;

    /**
     * Begins to guard.
     *
     * @param dataBroker the datastore
     * @param serializer makes bindings of what it holds
     * @param containers the top-level containers that the rules are about
     * @param rules the rules
     */
    public CommitGuard(final DOMDataBroker dataBroker, final BindingNormalizedNodeSerializer serializer,
            final List<InstanceIdentifier<?>> containers, final Rules rules) {
        this.serializer = requireNonNull(serializer);
        this.rules = requireNonNull(rules);
        containers.forEach(path ->
            this.containers.put(path, serializer.toYangInstanceIdentifier(path).getLastPathArgument()));
        final var registry = dataBroker.getExtensions().getInstance(DOMDataTreeCommitCohortRegistry.class);
        if (registry == null) {
            throw new IllegalStateException("the datastore does not let commits be checked: " + dataBroker);
        }
        registration = registry.registerCommitCohort(ROOT, this);
    }

    @Override
    public void close() {
        registration.close();
    }

    @Override
    public FluentFuture<PostCanCommitStep> canCommit(final Object txId, final EffectiveModelContext ctx,
            final Collection<DOMDataTreeCandidate> candidates) {
        final var problems = new ArrayList<Problem>();
        for (var candidate : candidates) {
            final var root = candidate.getRootNode();
            problems.addAll(newProblems(root.dataBefore(), root.dataAfter()));
        }
        if (problems.isEmpty()) {
            return PostCanCommitStep.NOOP_SUCCESSFUL_FUTURE;
        }
        final var message = message(problems);
        LOG.info("Refused: {}", message);
        // RESTCONF takes message and tag of its answer from an exception of this type anywhere in the chain of causes
        return FluentFutures.immediateFailedFluentFuture(new Refused(message, new NetconfDocumentedException(message,
            ErrorType.APPLICATION, ErrorTag.INVALID_VALUE, ErrorSeverity.ERROR)));
    }

    private List<Problem> newProblems(final @Nullable NormalizedNode before, final @Nullable NormalizedNode after) {
        // What a transaction does not touch stays the same object
        if (containers.values().stream().allMatch(name -> child(before, name) == child(after, name))) {
            return List.of();
        }
        final var was = bindings(before);
        final var is = bindings(after);
        final var problems = new ArrayList<>(rules.check(is));
        if (!problems.isEmpty()) {
            problems.removeAll(rules.check(was));
        }
        problems.addAll(rules.checkChange(was, is));
        return problems;
    }

    private Containers bindings(final @Nullable NormalizedNode root) {
        final var content = new HashMap<InstanceIdentifier<?>, DataObject>();
        containers.forEach((path, name) -> {
            final var node = child(root, name);
            if (node != null) {
                final var entry = serializer.fromNormalizedNode(YangInstanceIdentifier.of(name), node);
                if (entry != null) {
                    content.put(path, entry.getValue());
                }
            }
        });
        return new Containers(content);
    }

    private static @Nullable NormalizedNode child(final @Nullable NormalizedNode root, final PathArgument name) {
        return root instanceof DataContainerNode container
            && name instanceof YangInstanceIdentifier.NodeIdentifier id ? container.childByArg(id) : null;
    }

    private static String message(final List<Problem> problems) {
        final var text = problems.stream().limit(MAX_PROBLEMS).map(Problem::toString).collect(Collectors.joining("; "));
        return problems.size() <= MAX_PROBLEMS ? text
            : text + "; and " + (problems.size() - MAX_PROBLEMS) + " problems more";
    }
}
