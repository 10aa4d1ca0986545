/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.io.PrintStream;
import java.util.Objects;
import org.apache.felix.service.command.Process;
import org.apache.karaf.shell.api.action.Action;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.CommandException;
import org.apache.karaf.shell.support.ansi.SimpleAnsi;

/**
 * What all commands have in common: what they print is seen at once, and how they fail. A failure is one line: in red
 * on a terminal, on standard error otherwise. It ends a script of the shell, and {@code ssh} with 1.
 */
abstract class ConsoleCommand implements Action {
    @Reference
    private Session session;

    @Override
    // Karaf's shell gives each command its own
    @SuppressWarnings("checkstyle:RegexpSinglelineJava")
    public final Object execute() throws CommandException {
        final var out = new LiveOutput(System.out, session.getConsole());
        try {
            run(out);
            out.flush();
        } catch (IllegalArgumentException | IllegalStateException e) {
            out.flush();
            throw failure(e);
        }
        return null;
    }

    private CommandException failure(final RuntimeException cause) {
        final var message = Objects.requireNonNullElse(cause.getMessage(), cause.toString()).strip()
            .replaceAll("\\s*\\R\\s*", " ");
        if (session.getTerminal() != null) {
            return new CommandException(isColour() ? SimpleAnsi.COLOR_RED + message + SimpleAnsi.COLOR_DEFAULT
                : message, message, cause);
        }
        final var command = getClass().getAnnotation(Command.class);
        final var line = command.scope() + ":" + command.name() + ": " + message;
        // What is in the exception Karaf prints on standard output
        return new CommandException(StandardError.print(session, line) ? "" : line, message, cause);
    }

    /** Whether what is printed goes to a terminal, and not into a pipe. */
    final boolean isTerminal() {
        final var process = Process.Utils.current();
        return session.getTerminal() != null && process != null && process.isTty(1);
    }

    /** Whether what is printed goes to a terminal that shows colours. */
    final boolean isColour() {
        return isTerminal() && !isDumb() && session.get("NO_COLOR") == null;
    }

    /** How many columns a terminal has on which lines can be written over; 0 if there is none. */
    final int columns() {
        return isTerminal() && !isDumb() ? session.getTerminal().getWidth() : 0;
    }

    private boolean isDumb() {
        return "dumb".equals(session.getTerminal().getType());
    }

    /**
     * Does what the command is for.
     *
     * @param out where to print
     * @throws IllegalArgumentException if what is asked for is refused; the message says what to do
     * @throws IllegalStateException if it has failed
     */
    abstract void run(PrintStream out);
}
