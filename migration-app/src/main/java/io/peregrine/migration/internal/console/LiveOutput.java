/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What a command prints, a line at a time: the shell by itself hands nothing on before a command has ended. Whether
 * anybody is there to read it tells {@link #checkError()}.
 */
final class LiveOutput extends PrintStream {
    /**
     * Wraps the output of a command.
     *
     * @param printed where it prints
     * @param console where that comes to in the end
     */
    LiveOutput(final PrintStream printed, final PrintStream console) {
        super(new FilterOutputStream(printed) {
            @Override
            public void write(final byte[] bytes, final int offset, final int length) {
                printed.write(bytes, offset, length);
            }

            @Override
            public void flush() throws IOException {
                final boolean broken = printed.checkError();
                if (console.checkError() || broken) {
                    throw new IOException("nobody is there to read it");
                }
            }
        }, true, StandardCharsets.UTF_8);
    }
}
