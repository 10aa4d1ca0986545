/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.vxlan.internal.intent;

import com.google.common.util.concurrent.FluentFuture;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Borders;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.Hypervisors;
import org.opendaylight.yang.gen.v1.urn.peregrine.network.rev261123.Networks;
import org.opendaylight.yangtools.concepts.Registration;
import org.opendaylight.yangtools.util.concurrent.FluentFutures;
import org.opendaylight.yangtools.yang.binding.DataObject;
import org.opendaylight.yangtools.yang.common.ErrorSeverity;
import org.opendaylight.yangtools.yang.common.ErrorTag;
import org.opendaylight.yangtools.yang.common.ErrorType;
import org.opendaylight.yangtools.yang.common.QName;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.NodeIdentifier;
import org.opendaylight.yangtools.yang.data.api.schema.DataContainerNode;
import org.opendaylight.yangtools.yang.data.api.schema.NormalizedNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets no commit of intent pass that breaks {@link IntentRules}, whoever makes it. It takes part in the commits of the
 * configuration datastore's default shard, at its root: there, and only there, one candidate has all three containers
 * as they would be after the commit, so that rules across them hold without a race.
 *
 * <p>Nor does it let a hypervisor go while guests are there, unless its {@code abandon-guests} says so. A guest that
 * comes there while a commit is under way can be missed.
 *
 * <p>What is already broken before a commit does not stand in its way: a datastore may be older than a rule, and has to
 * be repaired step by step.
 */
@Component(service = { })
public final class IntentGuard implements DOMDataTreeCommitCohort, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IntentGuard.class);
    private static final DOMDataTreeIdentifier ROOT =
        new DOMDataTreeIdentifier(LogicalDatastoreType.CONFIGURATION, YangInstanceIdentifier.of());
    private static final int MAX_PROBLEMS = 5;

    private final BindingNormalizedNodeSerializer serializer;
    private final PlacedGuests guests;
    private final Registration registration;

    /**
     * Begins to guard.
     *
     * @param dataBroker the datastore
     * @param serializer makes bindings of what it holds
     * @param guests knows which guests are where
     */
    @Activate
    public IntentGuard(@Reference final DOMDataBroker dataBroker,
            @Reference final BindingNormalizedNodeSerializer serializer, @Reference final PlacedGuests guests) {
        this.serializer = serializer;
        this.guests = guests;
        final var registry = dataBroker.getExtensions().getInstance(DOMDataTreeCommitCohortRegistry.class);
        if (registry == null) {
            throw new IllegalStateException("the datastore does not let commits be checked: " + dataBroker);
        }
        registration = registry.registerCommitCohort(ROOT, this);
    }

    @Deactivate
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
        return FluentFutures.immediateFailedFluentFuture(new DataValidationFailedException(DOMDataTreeIdentifier.class,
            ROOT, message, new NetconfDocumentedException(message, ErrorType.APPLICATION, ErrorTag.INVALID_VALUE,
                ErrorSeverity.ERROR)));
    }

    private List<Problem> newProblems(final @Nullable NormalizedNode before, final @Nullable NormalizedNode after) {
        // What a transaction does not touch stays the same object
        if (child(before, Networks.QNAME) == child(after, Networks.QNAME)
                && child(before, Hypervisors.QNAME) == child(after, Hypervisors.QNAME)
                && child(before, Borders.QNAME) == child(after, Borders.QNAME)) {
            return List.of();
        }
        final var problems = new ArrayList<>(check(after));
        if (!problems.isEmpty()) {
            problems.removeAll(check(before));
        }
        problems.addAll(IntentRules.checkChange(binding(Hypervisors.class, Hypervisors.QNAME, before),
            binding(Hypervisors.class, Hypervisors.QNAME, after), guests::at));
        return problems;
    }

    private List<Problem> check(final @Nullable NormalizedNode root) {
        return IntentRules.check(binding(Networks.class, Networks.QNAME, root),
            binding(Hypervisors.class, Hypervisors.QNAME, root), binding(Borders.class, Borders.QNAME, root));
    }

    private <T extends DataObject> @Nullable T binding(final Class<T> type, final QName name,
            final @Nullable NormalizedNode root) {
        final var node = child(root, name);
        if (node == null) {
            return null;
        }
        final var entry = serializer.fromNormalizedNode(YangInstanceIdentifier.of(node.name()), node);
        return entry == null ? null : type.cast(entry.getValue());
    }

    private static @Nullable NormalizedNode child(final @Nullable NormalizedNode root, final QName name) {
        return root instanceof DataContainerNode container ? container.childByArg(new NodeIdentifier(name)) : null;
    }

    private static String message(final List<Problem> problems) {
        final var text = problems.stream().limit(MAX_PROBLEMS).map(Problem::toString).collect(Collectors.joining("; "));
        return problems.size() <= MAX_PROBLEMS ? text
            : text + "; and " + (problems.size() - MAX_PROBLEMS) + " problems more";
    }
}
