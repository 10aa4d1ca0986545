/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.opendaylight.mdsal.binding.dom.codec.api.BindingNormalizedNodeSerializer;
import org.opendaylight.mdsal.common.api.LogicalDatastoreType;
import org.opendaylight.mdsal.dom.api.DOMDataBroker;
import org.opendaylight.mdsal.dom.api.DOMSchemaService;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier;
import org.opendaylight.yangtools.yang.data.api.YangInstanceIdentifier.NodeIdentifier;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;

/**
 * A command that reads or changes data at a place that the user names.
 */
abstract class DataCommand extends ConsoleCommand {
    @Reference
    private DOMDataBroker broker;

    @Reference
    private DOMSchemaService schemas;

    @Reference
    private BindingNormalizedNodeSerializer serializer;

    @Option(name = "--json", description = "Print JSON; what is shown is JSON anyway")
    private boolean json;

    /** All models, as they are now. */
    final EffectiveModelContext models() {
        return schemas.getGlobalContext();
    }

    final Datastore datastore() {
        return new Datastore(broker);
    }

    /**
     * Tells what has been done.
     *
     * @param out where to
     * @param what has been done, in one word
     * @param places to which
     */
    final void tell(final PrintStream out, final String what, final Collection<DataPath> places) {
        if (!json) {
            places.forEach(place -> out.println(what + " " + place.text()));
            return;
        }
        final var paths = new JsonArray();
        places.forEach(place -> paths.add(place.text()));
        final var object = new JsonObject();
        object.add(what.toLowerCase(Locale.ROOT), paths);
        out.println(Json.pretty(object));
    }

    /**
     * Reads data.
     *
     * @param intent whether intent, else state
     * @param written the place, null for all
     * @return what is there, as RESTCONF has it
     * @throws IllegalArgumentException if nothing is there
     */
    final JsonObject read(final boolean intent, final String written) {
        final var store = intent ? LogicalDatastoreType.CONFIGURATION : LogicalDatastoreType.OPERATIONAL;
        final var reader = new Json(serializer, models());
        if (written != null && !written.equals("/")) {
            final var place = DataPath.of(models(), intent, written);
            return reader.data(place.parents(), datastore().read(store, place.id()).orElseThrow(
                () -> new IllegalArgumentException(place.text() + ": nothing is there")));
        }
        final var all = new JsonObject();
        for (var top : DataPath.tops(models(), intent)) {
            if (intent) {
                // A copy has those that are empty, too: putting it back empties them
                all.add(Json.qualified(models(), top.getQName()), new JsonObject());
            }
            datastore().read(store, YangInstanceIdentifier.of(new NodeIdentifier(top.getQName())))
                .ifPresent(node -> reader.data(List.of(), node).entrySet()
                    .forEach(entry -> all.add(entry.getKey(), entry.getValue())));
        }
        return all;
    }
}
