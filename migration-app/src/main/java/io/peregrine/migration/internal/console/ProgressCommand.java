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
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.mdsal.binding.api.DataBroker;

/**
 * The console command {@code peregrine:progress}.
 */
@Service
@Command(scope = "peregrine", name = "progress",
    description = "Shows how far the guests are that are being moved now, whoever started it")
public final class ProgressCommand extends ShowCommand {
    @Argument(index = 0, name = "guest", description = "A guest's name or UUID; all if left out")
    @Completion(GuestCompleter.class)
    private String guest;

    @Option(name = "--follow", description = "Goes on until no guest is being moved any more")
    private boolean follow;

    @Override
    void show(final DataBroker datastore, final Screen screen) {
        if (!follow) {
            JobsUtil.printMoving(datastore, screen, guest);
            return;
        }
        if (screen.isJson()) {
            throw new IllegalArgumentException("--follow: it is for people; leave it out, or use"
                + " peregrine:watch --json");
        }
        try {
            new FollowingMoves(() -> JobsUtil.moving(datastore, guest), screen,
                guest == null ? "No guest is being moved" : guest + " is not being moved").follow();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the moves go on", e);
        }
    }
}
