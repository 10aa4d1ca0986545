/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.RpcConsumerRegistry;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.EvacuateHypervisor;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.EvacuateHypervisorInputBuilder;
import org.opendaylight.yangtools.yang.common.Uint8;

/**
 * The console command {@code peregrine:evacuate}.
 */
@Service
@Command(scope = "peregrine", name = "evacuate", description = "Moves all guests of a hypervisor to others")
public final class EvacuateCommand extends MoveCommand {
    private static final long ANSWER_SECONDS = 30;
    private static final int MOST_PARALLEL = 8;

    @Argument(index = 0, name = "hypervisor", description = "The hypervisor to be left", required = true)
    @Completion(HypervisorCompleter.class)
    private String hypervisor;

    @Option(name = "--to", multiValued = true,
        description = "A hypervisor that may take guests; all others if left out")
    @Completion(HypervisorCompleter.class)
    private List<String> to;

    @Option(name = "--parallel", description = "How many guests are moved at the same time, 1 to 8")
    private int parallel = 2;

    @Override
    Begun begin(final RpcConsumerRegistry registry) {
        if (parallel < 1 || parallel > MOST_PARALLEL) {
            throw new IllegalArgumentException("--parallel: " + parallel + " is not from 1 to " + MOST_PARALLEL);
        }
        final var input = new EvacuateHypervisorInputBuilder(options())
            .setHypervisor(Calls.input("hypervisor", hypervisor, EdgeName::new))
            .setDestination(to == null ? null : to.stream()
                .map(name -> Calls.input("--to", name, EdgeName::new)).collect(Collectors.toSet()))
            .setParallel(Uint8.valueOf(parallel)).build();
        final var answer = Calls.answer(registry.getRpc(EvacuateHypervisor.class).invoke(input), ANSWER_SECONDS,
            "the jobs do");
        return new Begun(answer.getJob(), EvacuateHypervisor.QNAME, answer);
    }
}
