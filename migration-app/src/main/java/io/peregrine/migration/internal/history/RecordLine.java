/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.history;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IetfInetUtil;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.DateAndTime;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.yang.types.rev130715.Uuid;
import org.opendaylight.yang.gen.v1.urn.peregrine.edge.rev261123.EdgeName;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Mode;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.Phase;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.Migration;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.migrations.MigrationKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Changes;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ChangesBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ChangesKey;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Probed;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.ProbedBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.Step;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.StepBuilder;
import org.opendaylight.yang.gen.v1.urn.peregrine.migration.rev261123.recorded.migration.StepKey;
import org.opendaylight.yangtools.yang.common.Uint32;

/**
 * A migration's record as a line of JSON, with the names of the model. Members that are not known are passed over, so
 * that what a later version adds does not make a record unreadable.
 */
final class RecordLine {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private RecordLine() {
        // static methods only
    }

    /**
     * Writes a record.
     *
     * @param record the record
     * @return a line, without its end
     */
    static String of(final Migration record) {
        final var json = new JsonObject();
        json.addProperty("id", record.getId());
        add(json, "initiator", record.getInitiator(), Function.identity());
        add(json, "guest", record.getGuest(), Uuid::getValue);
        add(json, "guest-name", record.getGuestName(), Function.identity());
        add(json, "source", record.getSource(), EdgeName::getValue);
        add(json, "destination", record.getDestination(), EdgeName::getValue);
        add(json, "mode", record.getMode(), Mode::getName);
        add(json, "phase", record.getPhase(), Phase::getName);
        add(json, "started", record.getStarted(), DateAndTime::getValue);
        add(json, "finished", record.getFinished(), DateAndTime::getValue);
        if (record.getStep() != null) {
            final var steps = new JsonArray();
            for (var step : record.getStep()) {
                final var item = new JsonObject();
                item.addProperty("name", step.getName());
                item.addProperty("offset", step.getOffset());
                steps.add(item);
            }
            json.add("step", steps);
        }
        if (record.getPause() != null) {
            json.addProperty("pause", record.getPause().toJava());
        }
        if (record.getProbed() != null) {
            json.add("probed", probedItem(record.getProbed()));
        }
        if (!record.nonnullChanges().isEmpty()) {
            final var changes = new JsonObject();
            record.nonnullChanges().values().forEach(
                change -> changes.addProperty(change.getEdge().getValue(), change.getCount().toJava()));
            json.add("changes", changes);
        }
        add(json, "reason", record.getReason(), Function.identity());
        if (record.getProblem() != null && !record.getProblem().isEmpty()) {
            final var problems = new JsonArray();
            record.getProblem().forEach(problems::add);
            json.add("problem", problems);
        }
        return GSON.toJson(json);
    }

    private static JsonObject probedItem(final Probed probed) {
        final var json = new JsonObject();
        add(json, "outcome", probed.getOutcome(), Probed.Outcome::getName);
        add(json, "reason", probed.getReason(), Function.identity());
        add(json, "interface", probed.getInterface(), Function.identity());
        add(json, "address", probed.getAddress(), IpAddressNoZone::stringValue);
        add(json, "edge", probed.getEdge(), EdgeName::getValue);
        addNumber(json, "sent", probed.getSent());
        addNumber(json, "answered", probed.getAnswered());
        addNumber(json, "lost", probed.getLost());
        addNumber(json, "duplicated", probed.getDuplicated());
        addNumber(json, "longest-gap", probed.getLongestGap());
        addNumber(json, "doubt", probed.getDoubt());
        addNumber(json, "gap-began", probed.getGapBegan());
        if (probed.getAnswering() != null) {
            json.addProperty("answering", probed.getAnswering());
        }
        return json;
    }

    private static void addNumber(final JsonObject json, final String name, final Number value) {
        if (value != null) {
            json.addProperty(name, value.longValue());
        }
    }

    private static <T> void add(final JsonObject json, final String name, final T value,
            final Function<T, String> text) {
        if (value != null) {
            json.addProperty(name, text.apply(value));
        }
    }

    /**
     * Reads a record.
     *
     * @param line the line
     * @return the record
     * @throws IllegalArgumentException if it is none
     */
    static Migration parse(final String line) {
        try {
            return record(JsonParser.parseString(line).getAsJsonObject());
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            throw new IllegalArgumentException("not a record: " + line, e);
        }
    }

    private static Migration record(final JsonObject json) {
        final var builder = new MigrationBuilder().withKey(new MigrationKey(member(json, "id").getAsString()))
            .setPhase(phase(member(json, "phase").getAsString()))
            .setStarted(new DateAndTime(member(json, "started").getAsString()))
            .setStep(steps(json))
            .setChanges(changes(json))
            .setProblem(problems(json));
        take(json, "initiator", builder::setInitiator);
        take(json, "guest", text -> builder.setGuest(new Uuid(text)));
        take(json, "guest-name", builder::setGuestName);
        take(json, "source", text -> builder.setSource(new EdgeName(text)));
        take(json, "destination", text -> builder.setDestination(new EdgeName(text)));
        take(json, "mode", text -> builder.setMode(Mode.forName(text)));
        take(json, "finished", text -> builder.setFinished(new DateAndTime(text)));
        take(json, "pause", text -> builder.setPause(Uint32.valueOf(text)));
        take(json, "reason", builder::setReason);
        if (json.has("probed")) {
            builder.setProbed(probed(member(json, "probed").getAsJsonObject()));
        }
        return builder.build();
    }

    private static Probed probed(final JsonObject json) {
        final var builder = new ProbedBuilder();
        take(json, "outcome", text -> builder.setOutcome(Probed.Outcome.forName(text)));
        take(json, "reason", builder::setReason);
        take(json, "interface", builder::setInterface);
        take(json, "address", text -> builder.setAddress(IetfInetUtil.ipAddressNoZoneFor(text)));
        take(json, "edge", text -> builder.setEdge(new EdgeName(text)));
        take(json, "sent", text -> builder.setSent(Uint32.valueOf(text)));
        take(json, "answered", text -> builder.setAnswered(Uint32.valueOf(text)));
        take(json, "lost", text -> builder.setLost(Uint32.valueOf(text)));
        take(json, "duplicated", text -> builder.setDuplicated(Uint32.valueOf(text)));
        take(json, "longest-gap", text -> builder.setLongestGap(Uint32.valueOf(text)));
        take(json, "doubt", text -> builder.setDoubt(Uint32.valueOf(text)));
        take(json, "gap-began", text -> builder.setGapBegan(Long.valueOf(text)));
        take(json, "answering", text -> builder.setAnswering(Boolean.valueOf(text)));
        return builder.build();
    }

    private static JsonElement member(final JsonObject json, final String name) {
        return Optional.ofNullable(json.get(name)).orElseThrow(() -> new IllegalArgumentException("it has no " + name));
    }

    private static Phase phase(final String name) {
        return Optional.ofNullable(Phase.forName(name))
            .orElseThrow(() -> new IllegalArgumentException("not a phase: " + name));
    }

    private static void take(final JsonObject json, final String name, final Consumer<String> taker) {
        final var value = json.get(name);
        if (value != null) {
            taker.accept(value.getAsString());
        }
    }

    private static List<Step> steps(final JsonObject json) {
        final var steps = new ArrayList<Step>();
        items(json, "step").forEach(item -> steps.add(new StepBuilder()
            .withKey(new StepKey(member(item.getAsJsonObject(), "name").getAsString()))
            .setOffset(member(item.getAsJsonObject(), "offset").getAsLong()).build()));
        return steps;
    }

    private static Map<ChangesKey, Changes> changes(final JsonObject json) {
        final var changes = new HashMap<ChangesKey, Changes>();
        if (json.has("changes")) {
            member(json, "changes").getAsJsonObject().entrySet().forEach(entry -> {
                final var key = new ChangesKey(new EdgeName(entry.getKey()));
                changes.put(key, new ChangesBuilder().withKey(key)
                    .setCount(Uint32.valueOf(entry.getValue().getAsLong())).build());
            });
        }
        return changes;
    }

    private static List<String> problems(final JsonObject json) {
        final var problems = new ArrayList<String>();
        items(json, "problem").forEach(item -> problems.add(item.getAsString()));
        return problems;
    }

    private static Iterable<JsonElement> items(final JsonObject json, final String name) {
        return json.has(name) ? member(json, name).getAsJsonArray() : List.of();
    }
}
