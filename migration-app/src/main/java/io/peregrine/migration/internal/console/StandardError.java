/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.karaf.shell.api.console.Session;

/**
 * Standard error of a session without a terminal. Karaf's ssh sends it on only when much has come together and drops
 * the rest at the end; what would flush it is out of a command's reach but for the session's own field.
 */
final class StandardError {
    private static final String SESSION = ".commandSession";
    private static final String FIELD = "perr";

    private StandardError() {
        // Static methods only
    }

    /**
     * Prints a line.
     *
     * @param session whose standard error it is
     * @param line the line
     * @return whether it could be printed and sent
     */
    static boolean print(final Session session, final String line) {
        final var shell = session.get(SESSION);
        if (shell == null) {
            return false;
        }
        try {
            final var field = shell.getClass().getDeclaredField(FIELD);
            if (!field.trySetAccessible() || !(field.get(shell) instanceof PrintStream stream)) {
                return false;
            }
            stream.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
            return !stream.checkError();
        } catch (ReflectiveOperationException e) {
            // Another version of the shell
            return false;
        }
    }
}
