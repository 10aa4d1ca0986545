/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.NodeIdentifier;
import org.opendaylight.yangtools.yang.data.impl.codec.TypeDefinitionAwareCodec;
import org.opendaylight.yangtools.yang.data.impl.schema.ImmutableNodes;
import org.opendaylight.yangtools.yang.model.api.DataNodeContainer;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;
import org.opendaylight.yangtools.yang.model.api.LeafSchemaNode;

/**
 * Prints the leaves of intent that are about no single thing.
 */
final class PolicyUtil {
    private PolicyUtil() {
        // Static methods only
    }

    /**
     * Prints them, with what they mean; in JSON with the values that hold, set or not.
     *
     * @param context all models
     * @param datastore knows what is set
     * @param screen where to
     */
    static void print(final EffectiveModelContext context, final Datastore datastore, final Screen screen) {
        final var table = new Table("PATH", "VALUE", "DEFAULT", "MEANING");
        final var all = new JsonObject();
        for (var top : DataPath.tops(context, true)) {
            final var object = new JsonObject();
            for (var child : ((DataNodeContainer) top).getChildNodes()) {
                if (child instanceof LeafSchemaNode leaf) {
                    final var standard = leaf.getType().getDefaultValue().map(Object::toString).orElse(null);
                    final var holds = datastore.read(LogicalDatastoreType.CONFIGURATION, YangInstanceIdentifier.of(
                        new NodeIdentifier(top.getQName()), new NodeIdentifier(leaf.getQName())))
                        .or(() -> Optional.ofNullable(standard).map(text -> ImmutableNodes.leafNode(leaf.getQName(),
                            TypeDefinitionAwareCodec.from(leaf.getType()).deserialize(text))));
                    table.row(top.getQName().getLocalName() + "/" + leaf.getQName().getLocalName(),
                        holds.map(node -> node.body().toString()).orElse(null), standard, IntentContent.meaning(leaf));
                    if (screen.isJson() && holds.isPresent()) {
                        object.add(leaf.getQName().getLocalName(), screen.json().data(List.of(top.getQName()),
                            holds.orElseThrow()).entrySet().iterator().next().getValue());
                    }
                }
            }
            if (object.size() > 0) {
                all.add(Json.qualified(context, top.getQName()), object);
            }
        }
        if (screen.isJson()) {
            screen.object(all);
        } else {
            screen.table(table);
        }
    }
}
