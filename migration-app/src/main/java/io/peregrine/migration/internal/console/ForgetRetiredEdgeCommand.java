/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdge;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdgeInput;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.ForgetRetiredEdgeInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.InterfaceName;

/**
 * The console command {@code peregrine:forget-retired-edge}.
 */
@Service
@Command(scope = "peregrine", name = "forget-retired-edge",
    description = "Gives up letting go of bridges of a host that will never come back; see peregrine:retired-edges")
public final class ForgetRetiredEdgeCommand extends ShowCommand {
    private static final long ANSWER_SECONDS = 60;

    @Reference
    private RpcConsumerRegistry rpcs;

    @Argument(index = 0, name = "name", description = "The name that the edge had", required = true)
    @Completion(RetiredEdgeCompleter.class)
    private String name;

    @Option(name = "--ovsdb", description = "Only those whose ovsdb-server listens there, such as tcp:192.0.2.1:6640")
    private String ovsdb;

    @Option(name = "--bridge", description = "Only those that are called so, such as br-int")
    private String bridge;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        forget(rpcs.getRpc(ForgetRetiredEdge.class), new ForgetRetiredEdgeInputBuilder()
            .setName(Calls.input("name", name, EdgeName::new)).setOvsdb(ovsdb)
            .setBridge(Calls.input("--bridge", bridge, InterfaceName::new)).build(), screen);
    }

    /**
     * Gives bridges up.
     *
     * @param rpc does it
     * @param which which
     * @param screen where to show how many
     * @throws IllegalArgumentException if there are none
     */
    static void forget(final ForgetRetiredEdge rpc, final ForgetRetiredEdgeInput which, final Screen screen) {
        final var answer = Calls.answer(rpc.invoke(which), ANSWER_SECONDS, "the overlay does");
        if (screen.isJson()) {
            screen.output(ForgetRetiredEdge.QNAME, answer);
        } else {
            screen.line("Gave up " + answer.getForgotten() + " bridges of " + which.getName().getValue());
        }
    }
}
