/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import org.apache.karaf.shell.api.action.Option;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MigrateGuestInputBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.jobs.rev261125.MoveOptions;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * A command that is told how guests are to be moved.
 */
abstract class OptionsCommand extends ShowCommand {
    @Option(name = "--persistent", description = "The destination keeps the definition")
    private boolean persistent;

    @Option(name = "--undefine-source", description = "The source forgets the definition")
    private boolean undefineSource;

    @Option(name = "--suspend", description = "Leaves it paused at the destination")
    private boolean suspend;

    @Option(name = "--post-copy",
        description = "Goes on at the destination after the first pass over the memory, and cannot be cancelled then")
    private boolean postCopy;

    @Option(name = "--auto-converge", description = "Slows the guest down if it changes its memory too fast")
    private boolean autoConverge;

    @Option(name = "--tunnelled", description = "The data goes through the connection between the libvirt daemons")
    private boolean tunnelled;

    @Option(name = "--copy-storage", description = "Copies disks that are not shared, too")
    private boolean copyStorage;

    @Option(name = "--bandwidth", description = "The most that the copy may take, MiB/s")
    private Long bandwidth;

    @Option(name = "--timeout", description = "Aborts a move that takes longer, seconds")
    private Long timeout;

    private static Uint32 number(final String name, final Long value) {
        if (value != null && (value < 1 || value > Integer.MAX_VALUE)) {
            throw new IllegalArgumentException(name + ": " + value + " is not a number from 1 on");
        }
        return value == null ? null : Uint32.valueOf(value);
    }

    /**
     * The options as given.
     *
     * @return them, for the builder of an RPC's input
     * @throws IllegalArgumentException if one of them cannot be meant
     */
    final MoveOptions options() {
        return new MigrateGuestInputBuilder().setPersistent(persistent).setUndefineSource(undefineSource)
            .setSuspend(suspend).setPostCopy(postCopy).setAutoConverge(autoConverge).setTunnelled(tunnelled)
            .setCopyStorage(copyStorage).setBandwidth(number("--bandwidth", bandwidth))
            .setTimeout(number("--timeout", timeout)).build();
    }
}
