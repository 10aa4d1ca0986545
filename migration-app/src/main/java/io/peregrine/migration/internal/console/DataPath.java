/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import static java.util.Objects.requireNonNull;

import com.google.common.collect.Lists;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.opendaylight.yangtools.yang.common.QName;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.NodeIdentifier;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.NodeIdentifierWithPredicates;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.PathArgument;
import org.opendaylight.yangtools.yang.data.impl.codec.TypeDefinitionAwareCodec;
import org.opendaylight.yangtools.yang.model.api.DataNodeContainer;
import org.opendaylight.yangtools.yang.model.api.DataSchemaNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.opendaylight.yangtools.yang.model.api.LeafSchemaNode;
import org.opendaylight.yangtools.yang.model.api.ListSchemaNode;

/**
 * A place in Peregrine's data, written as in a URI of RESTCONF: {@code networks/network=green/subnet=10.0.0.0%2F8}. The
 * name of the module before the first name may be left out.
 *
 * @param text how it is written
 * @param id where it is in a datastore
 * @param parents the names that lead to it
 * @param schema what is there
 */
record DataPath(String text, YangInstanceIdentifier id, List<QName> parents, DataSchemaNode schema) {
    private static final String OURS = "peregrine-";

    DataPath {
        requireNonNull(text);
        requireNonNull(id);
        parents = List.copyOf(parents);
        requireNonNull(schema);
    }

    /**
     * The top-level containers of Peregrine's models.
     *
     * @param context all models
     * @param intent whether those of intent, else those of state
     * @return the containers, by name
     */
    static List<DataSchemaNode> tops(final EffectiveModelContext context, final boolean intent) {
        return context.getModules().stream().filter(module -> module.getName().startsWith(OURS))
            .flatMap(module -> module.getChildNodes().stream())
            .filter(node -> node.effectiveConfig().orElse(true) == intent)
            .sorted((one, other) -> one.getQName().getLocalName().compareTo(other.getQName().getLocalName()))
            .collect(Collectors.toList());
    }

    /**
     * A place as the user has written it. A slash in a key may stand as it is where the key is none without what
     * follows.
     *
     * @param context all models
     * @param intent whether in intent, else in state
     * @param written the place
     * @return the place
     * @throws IllegalArgumentException if there cannot be such a place; the message says which there are
     */
    static DataPath of(final EffectiveModelContext context, final boolean intent, final String written) {
        final var steps = written.strip().replaceAll("^/|/$", "").split("/", -1);
        final var id = new ArrayList<PathArgument>();
        final var parents = new ArrayList<QName>();
        Collection<? extends DataSchemaNode> choice = tops(context, intent);
        DataSchemaNode node = null;
        final var text = new StringBuilder();
        for (int i = 0; i < steps.length; i++) {
            var step = steps[i];
            final int equals = step.indexOf('=');
            final var name = equals < 0 ? step : step.substring(0, equals);
            if (node != null) {
                parents.add(node.getQName());
            }
            node = find(context, choice, name).orElse(null);
            if (node == null) {
                throw new IllegalArgumentException((text.isEmpty() ? "path: there is no '" : text + ": it has no '")
                    + name + "'; " + (choice.isEmpty() ? "nothing is below it" : "there is " + names(choice)));
            }
            if (node instanceof ListSchemaNode list) {
                while (i + 1 < steps.length && !isEntry(list, step.substring(equals + 1))
                        && isEntry(list, step.substring(equals + 1) + "/" + steps[i + 1])) {
                    i++;
                    step += "/" + steps[i];
                }
            }
            text.append(text.isEmpty() ? "" : "/").append(step);
            id.add(new NodeIdentifier(node.getQName()));
            if (node instanceof ListSchemaNode list) {
                id.add(entry(list, equals < 0 ? "" : step.substring(equals + 1), text.toString()));
            } else if (equals >= 0) {
                throw new IllegalArgumentException(text + ": " + name + " is no list; leave out what follows the '='");
            }
            choice = node instanceof DataNodeContainer container ? container.getChildNodes() : List.of();
        }
        return new DataPath(text.toString(), YangInstanceIdentifier.of(id), parents, requireNonNull(node));
    }

    private static Optional<? extends DataSchemaNode> find(final EffectiveModelContext context,
            final Collection<? extends DataSchemaNode> choice, final String name) {
        return choice.stream().filter(node -> name.equals(node.getQName().getLocalName())
            || name.equals(Json.qualified(context, node.getQName()))).findFirst();
    }

    /**
     * Whether an entry of a list can be called so.
     *
     * @param list the list
     * @param written its keys, as in a path
     * @return true if it can
     */
    static boolean isEntry(final ListSchemaNode list, final String written) {
        try {
            entry(list, written, "");
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static NodeIdentifierWithPredicates entry(final ListSchemaNode list, final String written,
            final String where) {
        final var names = list.getKeyDefinition();
        final var values = written.isEmpty() ? List.<String>of() : Lists.newArrayList(written.split(",", -1));
        if (names.size() != values.size()) {
            throw new IllegalArgumentException(where + ": name an entry, such as "
                + list.getQName().getLocalName() + "=" + names.stream().map(QName::getLocalName)
                .map(name -> name.toUpperCase(Locale.ROOT)).collect(Collectors.joining(",")));
        }
        final var keys = new LinkedHashMap<QName, Object>();
        for (int i = 0; i < values.size(); i++) {
            final var leaf = (LeafSchemaNode) list.dataChildByName(names.get(i));
            var text = values.get(i);
            try {
                text = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
                keys.put(names.get(i), TypeDefinitionAwareCodec.from(leaf.getType()).deserialize(text));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(where + ": '" + text + "' cannot be a " + names.get(i).getLocalName()
                    + "; " + IntentContent.rule(leaf), e);
            }
        }
        return NodeIdentifierWithPredicates.of(list.getQName(), keys);
    }

    /** Names to choose from. */
    static String names(final Collection<? extends DataSchemaNode> nodes) {
        return nodes.stream().map(node -> node.getQName().getLocalName()).collect(Collectors.joining(", "));
    }
}
