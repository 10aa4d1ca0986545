/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Candidate;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.opendaylight.mdsal.dom.api.DOMSchemaService;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.NodeIdentifier;
import org.opendaylight.yangtools.yang.data.api.schema.MapNode;
import org.opendaylight.yangtools.yang.model.api.DataNodeContainer;
import org.opendaylight.yangtools.yang.model.api.DataSchemaNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.opendaylight.yangtools.yang.model.api.ListSchemaNode;

/**
 * Completes paths step by step: names of what the models have, and keys of what is there.
 */
abstract class PathCompleter implements Completer {
    private final boolean intent;

    @Reference
    private DOMDataBroker broker;

    @Reference
    private DOMSchemaService schemas;

    PathCompleter(final boolean intent) {
        this.intent = intent;
    }

    @Override
    public final int complete(final Session session, final CommandLine line, final List<String> candidates) {
        final var argument = line.getCursorArgument();
        final var word = argument == null ? "" : argument.substring(0, line.getArgumentPosition());
        candidates.addAll(paths(schemas.getGlobalContext(), new Datastore(broker), intent, word));
        return candidates.isEmpty() ? -1 : line.getBufferPosition() - line.getArgumentPosition();
    }

    @Override
    public final void completeCandidates(final Session session, final CommandLine line,
            final List<Candidate> candidates) {
        final var found = new ArrayList<String>();
        complete(session, line, found);
        // Not complete: something may follow, so no blank is put behind it
        found.forEach(path -> candidates.add(new Candidate(path, false)));
    }

    /**
     * How a path may go on.
     *
     * @param context all models
     * @param datastore knows the entries of lists
     * @param intent whether it is in intent, else in state
     * @param begun the path so far
     * @return paths that begin so, one step further at most
     */
    static List<String> paths(final EffectiveModelContext context, final Datastore datastore, final boolean intent,
            final String begun) {
        // A key may have a slash, too
        for (int slash = begun.lastIndexOf('/');; slash = begun.lastIndexOf('/', slash - 1)) {
            final var found = paths(context, datastore, intent, begun, slash);
            if (!found.isEmpty() || slash <= 0) {
                return found;
            }
        }
    }

    private static List<String> paths(final EffectiveModelContext context, final Datastore datastore,
            final boolean intent, final String begun, final int slash) {
        final var before = begun.substring(0, slash + 1);
        final var found = new ArrayList<String>();
        try {
            final var parent = slash <= 0 ? null : DataPath.of(context, intent, begun.substring(0, slash));
            final Collection<? extends DataSchemaNode> children = parent == null ? DataPath.tops(context, intent)
                : parent.schema() instanceof DataNodeContainer container ? container.getChildNodes() : List.of();
            for (var child : children) {
                final var name = before + child.getQName().getLocalName();
                if (!(child instanceof ListSchemaNode list)) {
                    found.add(name);
                    continue;
                }
                final var path = (parent == null ? YangInstanceIdentifier.of() : parent.id())
                    .node(new NodeIdentifier(child.getQName()));
                keys(list, datastore, intent, path).forEach(key -> found.add(name + "=" + key));
                found.add(name + "=");
            }
        } catch (IllegalArgumentException e) {
            // What is written so far leads nowhere
            return List.of();
        }
        return found.stream().filter(path -> path.startsWith(begun) && !path.equals(begun)).toList();
    }

    private static List<String> keys(final ListSchemaNode list, final Datastore datastore, final boolean intent,
            final YangInstanceIdentifier path) {
        final var node = datastore.read(intent ? LogicalDatastoreType.CONFIGURATION
            : LogicalDatastoreType.OPERATIONAL, path);
        return node.isPresent() && node.orElseThrow() instanceof MapNode map ? map.body().stream()
            .map(entry -> list.getKeyDefinition().stream().map(key -> entry.name().getValue(key).toString())
                .map(key -> key.replace("%", "%25").replace(",", "%2C")).collect(Collectors.joining(",")))
            .map(key -> escaped(list, key)).sorted().toList() : List.of();
    }

    /** A slash can stay only where the key would not end before it. */
    private static String escaped(final ListSchemaNode list, final String key) {
        for (int slash = key.indexOf('/'); slash >= 0; slash = key.indexOf('/', slash + 1)) {
            if (DataPath.isEntry(list, key.substring(0, slash))) {
                return key.replace("/", "%2F");
            }
        }
        return key;
    }
}
