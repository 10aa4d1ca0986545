/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The lines of a users file, as Karaf's login module reads them: {@code NAME = PASSWORD,GROUP...}, with the escapes and
 * continued lines of properties. The text is of one character per byte.
 */
final class PasswordLines {
    /** Before and after a hash. */
    static final String MARK = "{CRYPT}";
    static final String ALGORITHM = "SHA-512";

    private static final Pattern LINE = Pattern.compile("([^\r\n]*)(\r\n|\r|\n|\\z)");
    private static final Pattern ENTRY = Pattern.compile(
        "(?<before>[ \t\f]*+(?<name>(?:[^ \t\f=:\\\\]|\\\\[^a-zA-Z0-9])++)[ \t\f]*+[=:]?+[ \t\f]*+)"
            + "(?<password>[^,]*+)(?<groups>.*+)", Pattern.DOTALL);
    /** What every charset has at the same place, and neither properties nor the login module makes anything else of. */
    private static final Pattern PLAIN = Pattern.compile("[ -~&&[^\\\\]]+");
    private static final Pattern ASCII = Pattern.compile("[ -~]+");
    /** Another setting's marks. */
    private static final Pattern OTHER_HASH = Pattern.compile("(\\{[A-Za-z0-9-]+\\}).+\\1");
    private static final Pattern CONTINUED = Pattern.compile("(?:.*[^\\\\])?(?:\\\\\\\\)*\\\\", Pattern.DOTALL);
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)", Pattern.DOTALL);
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** A line that stays as it is, though it is a user's and has no hash. */
    record Left(int number, String line, String why) {
    }

    /** A text with {@code replaced} passwords replaced by hashes; all else is as it was. */
    record Hashed(String text, int replaced, List<Left> left) {
    }

    private PasswordLines() {
        // Functions only
    }

    static Hashed hash(final String text) {
        final var result = new StringBuilder();
        final var left = new ArrayList<Left>();
        final var lines = LINE.matcher(text);
        var replaced = 0;
        var continued = false;
        for (var number = 1; lines.find(); number++) {
            final var line = lines.group(1);
            var becomes = line;
            if (!isComment(line)) {
                final var why = continued ? null : whyLeft(line);
                if (why != null) {
                    left.add(new Left(number, line, why));
                } else if (!continued) {
                    becomes = hashLine(line);
                }
                continued = CONTINUED.matcher(line).matches();
            }
            if (!becomes.equals(line)) {
                replaced++;
            }
            result.append(becomes).append(lines.group(2));
        }
        return new Hashed(result.toString(), replaced, List.copyOf(left));
    }

    /** As Karaf hashes with {@link HashedRealm}'s settings. */
    static String hashOf(final String password) {
        try {
            return MARK + HEX.formatHex(MessageDigest.getInstance(ALGORITHM)
                .digest(password.getBytes(StandardCharsets.US_ASCII))) + MARK;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hashLine(final String line) {
        final var entry = ENTRY.matcher(line);
        if (!entry.matches() || isGroup(entry.group("name")) || isHashed(entry.group("password"))) {
            return line;
        }
        return entry.group("before") + hashOf(entry.group("password")) + entry.group("groups");
    }

    /** Null for what is a group's, has a hash, or gets one. */
    private static String whyLeft(final String line) {
        final var entry = ENTRY.matcher(line);
        if (!entry.matches()) {
            return "has a name that is not understood";
        }
        final var password = entry.group("password");
        if (isGroup(entry.group("name")) || isHashed(password)) {
            return null;
        }
        if (password.isBlank()) {
            return "has no password";
        }
        if (password.startsWith(MARK) || password.endsWith(MARK) || MARK.startsWith(password)) {
            return "has half a hash";
        }
        if (OTHER_HASH.matcher(password).matches()) {
            return "has a hash of another kind";
        }
        return PLAIN.matcher(password).matches() && !password.contains("${") && !entry.group("groups").contains("${")
            ? null : "has a password with a backslash, ${ or what is not ASCII";
    }

    /** Whether a password is the same in every character set that Java may use by default: Karaf hashes it in that. */
    static boolean isAscii(final String password) {
        return ASCII.matcher(password).matches();
    }

    private static boolean isComment(final String line) {
        final var text = line.trim();
        return text.isEmpty() || text.charAt(0) == '#' || text.charAt(0) == '!';
    }

    /** Half a group's line, too: it is no user whose name is that. */
    private static boolean isGroup(final String name) {
        return ESCAPE.matcher(name).replaceAll("$1").startsWith("_g_");
    }

    private static boolean isHashed(final String password) {
        return password.startsWith(MARK) && password.endsWith(MARK) && password.length() > 2 * MARK.length();
    }
}
