/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.topology.Published;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Links;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.Link;

/**
 * Prints the links.
 */
public final class LinksUtil {
    private LinksUtil() {
        // Static methods only
    }

    /**
     * Prints all links, those of the fabric first, by the names of their ends; then what is wrong with them and with
     * the fabric's switches.
     *
     * @param broker the datastore
     * @param screen where to
     */
    public static void print(final DataBroker broker, final Screen screen) {
        if (screen.isJson()) {
            screen.containers(broker, Links.class, FabricState.class);
            return;
        }
        final var links = new ArrayList<Link>();
        Published.read(broker, Links.class).ifPresent(all -> links.addAll(all.nonnullLink().values()));
        links.sort(Comparator.comparing(Link::getLayer).thenComparing(Link::getSourceName)
            .thenComparing(Link::getTargetName));
        final var table = new Table("LAYER", "FROM", "TO", "STATE", "IDENTITY", "COST", "SINCE");
        links.forEach(link -> table.row(link.getLayer().getName(), link.getSourceName(), link.getTargetName(),
            link.getState().getName(), link.getIdentity() == null ? null : link.getIdentity().getName(),
            link.getCost(), Shown.text(link.getSince())));
        screen.table(table);

        final var switches = new ArrayList<Switch>();
        Published.read(broker, FabricState.class).ifPresent(all -> switches.addAll(all.nonnullSwitch().values()));
        switches.sort(Comparator.comparing(Switch::getName));
        final var problems = new ArrayList<String>();
        links.stream().map(Link::getProblem).filter(Objects::nonNull).forEach(problems::add);
        switches.forEach(one -> {
            if (one.getState() != Switch.State.InSync) {
                problems.add(one.getName() + " (" + one.getDatapathId().getValue() + "): "
                    + one.getState().getName());
            }
            (one.getProblem() == null ? List.<String>of() : one.getProblem().stream().sorted().toList())
                .forEach(problem -> problems.add(one.getName() + ": " + problem));
        });
        screen.problems(problems);
    }
}
