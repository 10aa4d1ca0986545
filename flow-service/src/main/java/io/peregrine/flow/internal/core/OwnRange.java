/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

/**
 * Which cookies and group numbers are Peregrine's. An entry outside is foreign and never touched.
 */
public final class OwnRange {
    /** The cookie bits that tell whose an entry is. */
    public static final long COOKIE_MASK = 0xFFFF_0000_0000_0000L;
    /** Their value in entries of ours: "Pg". */
    public static final long COOKIE = 0x5067_0000_0000_0000L;
    /** The lowest group number of ours. */
    public static final long FIRST_GROUP = 0x5000_0000L;
    /** The highest group number of ours. */
    public static final long LAST_GROUP = 0x50FF_FFFFL;

    private static final long FNV_OFFSET = 0xCBF2_9CE4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01B3L;

    private OwnRange() {
        // constants only
    }

    /**
     * The cookie of a fragment's entries: our mark and a hash (FNV-1a, its lowest 48 bits) of the name, so that a
     * person who dumps a switch can tell which entries belong together.
     *
     * @param fragment the fragment's name
     * @return the cookie
     */
    public static long cookieOf(final String fragment) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < fragment.length(); i++) {
            hash = (hash ^ fragment.charAt(i)) * FNV_PRIME;
        }
        return COOKIE | hash & ~COOKIE_MASK;
    }

    public static boolean isOwnCookie(final long cookie) {
        return (cookie & COOKIE_MASK) == COOKIE;
    }

    public static boolean isOwnGroup(final long id) {
        return id >= FIRST_GROUP && id <= LAST_GROUP;
    }
}
