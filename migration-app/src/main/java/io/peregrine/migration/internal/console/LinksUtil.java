/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import io.peregrine.topology.Published;
import io.peregrine.topology.search.LinkSearch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.eclipse.jdt.annotation.Nullable;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricLink;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FabricState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinks;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.FindLinksOutput;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkLayer;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinkState;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.Links;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.LinksBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.TunnelIdentity;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.fabric.state.Switch;
import org.opendaylight.yang.gen.v1.urn.peregrine.fabric.rev261125.links.LinkBuilder;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * Prints the links, and what is wrong with them and with the fabric's switches.
 */
public final class LinksUtil {
    /** What the RPC answers with at most. */
    private static final int MOST = 10_000;
    private static final String FIRST = "first";
    private static final FindLinksInput ALL = new FindLinksInputBuilder().build();

    private LinksUtil() {
        // Static methods only
    }

    /**
     * Which links the user wants. What is null or empty leaves the choice open.
     *
     * @param node where they begin or end
     * @param layer theirs
     * @param states in one of which they are
     * @param identities like one of which the other ends of tunnels are known
     * @param limit how many at most
     * @return the input of the RPC
     * @throws IllegalArgumentException if something cannot be meant; the message names the option
     */
    static FindLinksInput wanted(final @Nullable String node, final @Nullable String layer, final List<String> states,
            final List<String> identities, final @Nullable Integer limit) {
        return new FindLinksInputBuilder()
            .setSwitch(node)
            .setLayer(Calls.named("--layer", layer, LinkLayer.class))
            .setState(Calls.named("--state", states, LinkState.class))
            .setIdentity(Calls.named("--identity", identities, TunnelIdentity.class))
            .setLimit(Calls.limit(limit, MOST))
            .build();
    }

    /**
     * Prints links, those of the fabric first, by the names of their ends.
     *
     * @param broker the datastore
     * @param rpc finds links
     * @param screen where to
     * @param wanted which
     * @throws IllegalArgumentException if the RPC refuses
     * @throws IllegalStateException if there are more in JSON than the RPC answers with; those have been printed
     */
    public static void print(final DataBroker broker, final FindLinks rpc, final Screen screen,
            final FindLinksInput wanted) {
        final var chosen = find(broker, rpc, wanted);
        if (screen.isJson()) {
            screen.containers(broker, Links.class, new LinksBuilder().setLink(BindingMap.of(
                chosen.entries().stream().map(link -> new LinkBuilder(link).build()).toList())).build(),
                FabricState.class);
            chosen.requireWhole(wanted.getLimit(), FIRST);
            return;
        }
        final var links = chosen.entries().stream().sorted(LinkSearch.ORDER).toList();
        final var table = new Table("LAYER", "FROM", "TO", "STATE", "IDENTITY", "COST", "SINCE");
        links.forEach(link -> table.row(link.getLayer().getName(), link.getSourceName(), link.getTargetName(),
            link.getState().getName(), link.getIdentity() == null ? null : link.getIdentity().getName(),
            link.getCost(), Shown.text(link.getSince())));
        screen.table(table);

        final var switches = new ArrayList<Switch>();
        Published.read(broker, FabricState.class).ifPresent(all -> switches.addAll(all.nonnullSwitch().values()));
        switches.sort(Comparator.comparing(Switch::getName));
        final var problems = new ArrayList<>(chosen.cut(FIRST));
        links.stream().map(FabricLink::getProblem).filter(Objects::nonNull).forEach(problems::add);
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

    /** All that there are do not fit into an answer of the RPC. */
    private static Chosen<FabricLink> find(final DataBroker broker, final FindLinks rpc, final FindLinksInput wanted) {
        return wanted.equals(ALL) ? Chosen.all(broker, Links.class, Links::nonnullLink)
            : Chosen.found(rpc.invoke(wanted.getLimit() != null ? wanted
                : new FindLinksInputBuilder(wanted).setLimit(Uint32.valueOf(MOST)).build()),
                FindLinksOutput::nonnullLink, FindLinksOutput::getMatched);
    }
}
