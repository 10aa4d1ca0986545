/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import com.google.common.io.ByteStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.opendaylight.yangtools.yang.data.api.schema.NormalizedNode;
import org.opendaylight.yangtools.yang.model.api.EffectiveModelContext;

/**
 * The console command {@code peregrine:set}.
 */
@Service
@Command(scope = "peregrine", name = "set",
    description = "Asks for something: puts intent at a path, in place of what is there. All of it is done, or nothing."
        + " Examples: set migration-policy/predictive all;"
        + " set networks/network=green '{\"vni\": 5002, \"subnet\": [{\"prefix\": \"172.16.0.0/24\"}]}';"
        + " ssh -p 8101 admin@CONTROLLER peregrine:set / - < intent.json")
public final class SetCommand extends DataCommand {
    /** More than any intent has. */
    private static final long MOST = 64L << 20;
    private static final String ALL = "/";

    @Argument(index = 0, name = "path", required = true,
        description = "Where, such as networks/network=green; / for JSON that has whole containers by their names")
    @Completion(IntentCompleter.class)
    private String path;

    @Argument(index = 1, name = "content", required = true,
        description = "A leaf's value; or JSON, as RESTCONF has it or only what is inside; - reads it from standard"
            + " input until that ends")
    private String content;

    @Option(name = "--merge", description = "Leaves what is there and not in the content as it is")
    private boolean merge;

    @Override
    // Karaf's shell gives each command its own
    @SuppressWarnings("checkstyle:RegexpSinglelineJava")
    void run(final PrintStream out) {
        final var contents = contents(models(), path, content.equals("-") ? read(System.in) : content);
        datastore().put(contents, merge);
        tell(out, "Set", contents.keySet());
    }

    /**
     * What to write where.
     *
     * @param models all models
     * @param path the path as given
     * @param text the content as given
     * @return the contents by place
     * @throws IllegalArgumentException if it cannot be meant; the message names the field
     */
    static Map<DataPath, NormalizedNode> contents(final EffectiveModelContext models, final String path,
            final String text) {
        final var content = new IntentContent(models);
        if (!path.equals(ALL)) {
            final var place = DataPath.of(models, true, path);
            return Map.of(place, content.read(place, text));
        }
        final var json = IntentContent.json(text);
        if (!json.isJsonObject()) {
            throw new IllegalArgumentException("content: give an object that has containers by their names, as"
                + " peregrine:intent shows it");
        }
        final var contents = new LinkedHashMap<DataPath, NormalizedNode>();
        json.getAsJsonObject().entrySet().forEach(entry -> {
            final var place = DataPath.of(models, true, entry.getKey());
            if (contents.keySet().stream().anyMatch(other -> other.id().equals(place.id()))) {
                throw new IllegalArgumentException(place.text() + ": it is there twice; make one of both");
            }
            contents.put(place, content.read(place, entry.getValue()));
        });
        return contents;
    }

    private static String read(final InputStream in) {
        try {
            final var bytes = ByteStreams.limit(in, MOST + 1).readAllBytes();
            if (bytes.length > MOST) {
                throw new IllegalArgumentException("content: it is longer than " + (MOST >> 20) + " MiB");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("standard input cannot be read: " + e.getMessage(), e);
        }
    }
}
