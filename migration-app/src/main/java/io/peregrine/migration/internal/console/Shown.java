/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.migration.internal.console;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Collection;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.IpAddressNoZone;
import org.opendaylight.yangtools.yang.binding.ScalarTypeObject;

/**
 * What the commands have in common.
 */
final class Shown {
    private Shown() {
        // Static methods only
    }

    /** An object of the given names and values in turn, without those that are null. */
    static JsonObject object(final Object... namesAndValues) {
        final var object = new JsonObject();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            final var value = element(namesAndValues[i + 1]);
            if (value != null) {
                object.add((String) namesAndValues[i], value);
            }
        }
        return object;
    }

    private static JsonElement element(final Object value) {
        if (value == null) {
            return null;
        } else if (value instanceof JsonElement element) {
            return element;
        } else if (value instanceof Number number) {
            return new JsonPrimitive(number);
        } else if (value instanceof Boolean flag) {
            return new JsonPrimitive(flag);
        } else if (value instanceof Collection<?> items) {
            final var array = new JsonArray();
            items.forEach(item -> array.add(element(item)));
            return array;
        }
        return new JsonPrimitive(value.toString());
    }

    static String text(final ScalarTypeObject<String> value) {
        return value == null ? null : value.getValue();
    }

    static String text(final IpAddressNoZone value) {
        return value == null ? null : value.stringValue();
    }

    static String yes(final Boolean value) {
        return value == null ? null : value ? "yes" : "no";
    }
}
