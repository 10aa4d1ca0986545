/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb.internal;

import io.netty.util.ByteProcessor;

/**
 * Finds where a JSON object ends, byte by byte, whatever the pieces it arrives in. It knows only brackets and strings;
 * the parser judges the rest. Multi-byte UTF-8 has no byte below 0x80, so it cannot be mistaken.
 */
final class JsonScanner implements ByteProcessor {
    private final int maxDepth;

    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean tooDeep;

    JsonScanner(final int maxDepth) {
        this.maxDepth = maxDepth;
    }

    /** Looks at the next byte; false if it ends the object or nests too deeply. */
    @Override
    public boolean process(final byte value) {
        if (inString) {
            if (escaped) {
                escaped = false;
            } else if (value == '\\') {
                escaped = true;
            } else if (value == '"') {
                inString = false;
            }
            return true;
        }
        switch (value) {
            case '"' -> inString = true;
            case '{', '[' -> {
                depth++;
                tooDeep = depth > maxDepth;
                return !tooDeep;
            }
            case '}', ']' -> {
                depth--;
                return depth > 0;
            }
            default -> {
                // of no meaning here
            }
        }
        return true;
    }

    boolean tooDeep() {
        return tooDeep;
    }
}
