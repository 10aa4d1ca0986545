/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ovsdb;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.Lists;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One operation of a transaction, RFC 7047 section 5.2. Immutable; the methods that add something return a new one.
 *
 * <p>All conditions of an operation must hold for a row. Where an operation would change every row of its table, that
 * has to be said by the name ({@code updateAll}, {@code mutateAll}, {@code deleteAll}).
 */
public sealed interface Operation {
    /** What the operation is called in the protocol and in error messages. */
    String op();

    /** The table it works on; empty for those that have none. */
    String table();

    /**
     * Sets columns of a row.
     *
     * @param <T> the operation
     */
    sealed interface RowSetter<T> extends Operation {
        /** Sets a column. */
        T set(String column, Datum value);

        /** Sets a string column. */
        default T set(final String column, final String value) {
            return set(column, Datum.of(value));
        }

        /** Sets an integer column. */
        default T set(final String column, final long value) {
            return set(column, Datum.of(value));
        }

        /** Sets a boolean column. */
        default T set(final String column, final boolean value) {
            return set(column, Datum.of(value));
        }

        /** Sets a UUID column. */
        default T set(final String column, final UUID value) {
            return set(column, Datum.of(value));
        }

        /** Sets a column that maps strings to strings. */
        default T set(final String column, final Map<String, String> value) {
            return set(column, Datum.map(value));
        }
    }

    /** Inserts a row, RFC 7047 section 5.2.1. Columns not set get their type's default. */
    record Insert(String table, Optional<Datum.NamedRef> uuidName, Map<String, Datum> row)
            implements RowSetter<Insert> {
        /** Copies the row. */
        public Insert {
            row = ImmutableMap.copyOf(row);
        }

        @Override
        public String op() {
            return "insert";
        }

        /**
         * Gives the row a name for {@link Datum#named(String)} in the same transaction.
         *
         * @throws IllegalArgumentException see {@link Datum.NamedRef}
         */
        public Insert named(final String name) {
            return new Insert(table, Optional.of(new Datum.NamedRef(name)), row);
        }

        @Override
        public Insert set(final String column, final Datum value) {
            return new Insert(table, uuidName, ImmutableMap.<String, Datum>builder().putAll(row).put(column, value)
                .buildKeepingLast());
        }
    }

    /** Reads rows, RFC 7047 section 5.2.2. */
    record Select(String table, List<Condition> where, List<String> columns) implements Operation {
        /** Copies the lists. */
        public Select {
            where = List.copyOf(where);
            columns = List.copyOf(columns);
        }

        @Override
        public String op() {
            return "select";
        }

        /** Reads only these columns; none at all means every column, with {@code _uuid} and {@code _version}. */
        public Select columns(final String... names) {
            return new Select(table, where, List.of(names));
        }
    }

    /** Changes columns of rows, RFC 7047 section 5.2.3. */
    record Update(String table, List<Condition> where, Map<String, Datum> row) implements RowSetter<Update> {
        /** Copies list and row. */
        public Update {
            where = List.copyOf(where);
            row = ImmutableMap.copyOf(row);
        }

        @Override
        public String op() {
            return "update";
        }

        @Override
        public Update set(final String column, final Datum value) {
            return new Update(table, where, ImmutableMap.<String, Datum>builder().putAll(row).put(column, value)
                .buildKeepingLast());
        }
    }

    /** Changes parts of columns of rows, RFC 7047 section 5.2.4. */
    record Mutate(String table, List<Condition> where, List<Mutation> mutations) implements Operation {
        /** Copies the lists. */
        public Mutate {
            where = List.copyOf(where);
            mutations = List.copyOf(mutations);
        }

        @Override
        public String op() {
            return "mutate";
        }

        /** Adds a mutation; they are done in order. */
        public Mutate with(final Mutation mutation) {
            return new Mutate(table, where, Stream.concat(mutations.stream(), Stream.of(mutation)).toList());
        }
    }

    /** Deletes rows, RFC 7047 section 5.2.5. */
    record Delete(String table, List<Condition> where) implements Operation {
        /** Copies the list. */
        public Delete {
            where = List.copyOf(where);
        }

        @Override
        public String op() {
            return "delete";
        }
    }

    /**
     * Waits until the rows that meet the conditions are, or are not, exactly {@code rows}, RFC 7047 section 5.2.6. With
     * a zero timeout it is an assertion. When the time is over the transaction fails with {@link ErrorKind#TIMED_OUT}.
     */
    record Wait(String table, List<Condition> where, List<String> columns, boolean equal, List<Map<String, Datum>> rows,
            Duration timeout) implements Operation {
        /** Copies the lists. */
        public Wait {
            where = List.copyOf(where);
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
            if (timeout.isNegative()) {
                throw new IllegalArgumentException("negative timeout " + timeout);
            }
        }

        @Override
        public String op() {
            return "wait";
        }
    }

    /** Makes the commit durable before the answer if {@code durable}, RFC 7047 section 5.2.7. */
    record Commit(boolean durable) implements Operation {
        @Override
        public String op() {
            return "commit";
        }

        @Override
        public String table() {
            return "";
        }
    }

    /** Fails the transaction with {@link ErrorKind#ABORTED}, RFC 7047 section 5.2.8. */
    record Abort() implements Operation {
        @Override
        public String op() {
            return "abort";
        }

        @Override
        public String table() {
            return "";
        }
    }

    /** A comment for the server's log, RFC 7047 section 5.2.9. */
    record Comment(String text) implements Operation {
        @Override
        public String op() {
            return "comment";
        }

        @Override
        public String table() {
            return "";
        }
    }

    /** Starts an insert. */
    static Insert insert(final String table) {
        return new Insert(table, Optional.empty(), Map.of());
    }

    /** Reads all columns of the rows that meet all conditions; no condition means every row. */
    static Select select(final String table, final Condition... where) {
        return new Select(table, List.of(where), List.of());
    }

    /** Starts an update of the rows that meet all conditions. */
    static Update update(final String table, final Condition where, final Condition... more) {
        return new Update(table, Lists.asList(where, more), Map.of());
    }

    /** Starts an update of every row. */
    static Update updateAll(final String table) {
        return new Update(table, List.of(), Map.of());
    }

    /** Starts a mutation of the rows that meet all conditions. */
    static Mutate mutate(final String table, final Condition where, final Condition... more) {
        return new Mutate(table, Lists.asList(where, more), List.of());
    }

    /** Starts a mutation of every row; the usual way for a table of one row. */
    static Mutate mutateAll(final String table) {
        return new Mutate(table, List.of(), List.of());
    }

    /** Deletes the rows that meet all conditions. */
    static Delete delete(final String table, final Condition where, final Condition... more) {
        return new Delete(table, Lists.asList(where, more));
    }

    /** Deletes every row. */
    static Delete deleteAll(final String table) {
        return new Delete(table, List.of());
    }

    /** Aborts. */
    static Abort abort() {
        return new Abort();
    }

    /** Comments. */
    static Comment comment(final String text) {
        return new Comment(text);
    }

    /** Commits. */
    static Commit commit(final boolean durable) {
        return new Commit(durable);
    }
}
