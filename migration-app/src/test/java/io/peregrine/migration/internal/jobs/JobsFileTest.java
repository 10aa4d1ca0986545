/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.jobs;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.peregrine.flow.journal.Journal;
import io.peregrine.migration.internal.core.jobs.JobView;
import io.peregrine.migration.internal.core.jobs.JobView.State;
import io.peregrine.migration.internal.core.jobs.MoveOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobsFileTest {
    private static final UUID GUEST = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00.123Z");
    private static final KeptJob MOVE = new KeptJob(new JobView(new JobView.Move("j2", Optional.of("j1"), GUEST, "web",
        "hv1", "hv2"), State.RUNNING, true, NOON, Optional.of(NOON.plusSeconds(1)), Optional.empty(), Optional.empty(),
        Optional.empty(), List.of()), new MoveOptions(true, false, true, false, true, false, true, OptionalInt.of(7),
        Optional.of(Duration.ofSeconds(9)), Optional.of("tcp://192.0.2.2")), 5L << 30);
    private static final KeptJob EVACUATION = new KeptJob(new JobView(new JobView.Evacuation("j1", "hv1"), State.FAILED,
        false, NOON, Optional.of(NOON), Optional.of(NOON.plusSeconds(3)), Optional.of("1 of 2, \"alas\"\n"),
        Optional.empty(), List.of(new JobView.Result(GUEST, "web", Optional.of("j2"), Optional.of("hv2"), State.RUNNING,
        Optional.empty()), new JobView.Result(new UUID(0, 1), "db", Optional.empty(), Optional.empty(), State.FAILED,
        Optional.of("nowhere")))), MoveOptions.NONE, 0);

    @TempDir
    private Path directory;
    private final List<KeptJob> jobs = new ArrayList<>(List.of(EVACUATION, MOVE));

    private JobsFile open() {
        return new JobsFile(new Journal(directory), () -> List.copyOf(jobs));
    }

    private String text() throws IOException {
        return Files.readString(directory.resolve("jobs"));
    }

    @Test
    void whatIsKeptIsReadAgain() {
        try (var file = open()) {
            assertEquals(List.of(), file.read());
            file.keep();
        }
        try (var file = open()) {
            assertEquals(List.of(EVACUATION, MOVE), file.read());
        }
    }

    @Test
    void whatChangesIsWrittenAMomentLater() {
        try (var file = open()) {
            file.changed();
            await().until(() -> Files.exists(directory.resolve("jobs")));
        }
    }

    @Test
    void whatCannotBeKeptIsKeptLater() throws IOException {
        final var obstacle = directory.resolve("jobs.new");
        Files.createDirectory(obstacle);
        try (var file = open()) {
            file.keep();
            Files.delete(obstacle);
            await().until(() -> Files.exists(directory.resolve("jobs")));
        }
    }

    @Test
    void aGarbledJobCostsNoOther() throws IOException {
        try (var file = open()) {
            file.keep();
        }
        Files.writeString(directory.resolve("jobs"), text().replace("\"id\":\"j1\"", "\"id\":"));
        try (var file = open()) {
            assertEquals(List.of(MOVE), file.read());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "7", "{\"id\":\"a\"}", "{\"id\":\"a\",\"source\":\"h\"}",
        "{\"id\":\"a\",\"source\":\"h\",\"state\":\"flying\",\"created\":\"2026-11-25T12:00:00Z\"}",
        "{\"id\":\"a\",\"source\":\"h\",\"state\":\"done\",\"created\":\"noon\"}",
        "{\"id\":\"a\",\"source\":\"h\",\"state\":\"done\",\"created\":\"2026-11-25T12:00:00Z\",\"move\":{}}",
        "{\"id\":\"a\",\"source\":\"h\",\"state\":\"done\",\"created\":\"2026-11-25T12:00:00Z\",\"results\":[7]}"})
    void aLineThatIsNoJobIsKnown(final String line) {
        assertThrows(IllegalArgumentException.class, () -> JobLine.parse(line));
    }
}
