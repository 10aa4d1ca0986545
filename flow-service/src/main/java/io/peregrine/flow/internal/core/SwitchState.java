/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal.core;

import io.peregrine.flow.Audit;
import io.peregrine.flow.Audit.Finding;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Group;
import io.peregrine.flow.SwitchProgram.Problem;
import io.peregrine.flow.SwitchProgram.Problem.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One switch: what it shall have, what it is believed to have, and the changes that close the gap. Belief is what was
 * read back, overlaid with what was sent since. Not thread-safe; time is given in milliseconds of any steady clock.
 *
 * <pre>
 *   desired change --&gt; {@link #change} --&gt; changes to send
 *   read-back      --&gt; {@link #beginRead}, {@link #merge} --&gt; {@link #repair} --&gt; changes to send
 *   removal told   --&gt; {@link #isMissed}
 *   answers        --&gt; {@link #succeeded}, {@link #failed}
 * </pre>
 */
public final class SwitchState {
    /**
     * What a change of the desired program leads to.
     *
     * @param ops what to send now, in this order
     * @param held true if a part waits for the read-back, so that nothing unknown is overwritten
     * @param blocked what cannot be done because something foreign is in its place
     */
    public record Outcome(List<Op> ops, boolean held, List<String> blocked) {
    }

    /**
     * A read-back under way; remembers what was sent since it began. Identity matters, not content.
     */
    public static final class Reading {
        private final Set<Object> touched = new HashSet<>();
        /** What the switch refused, or did not answer, since it began. */
        private final Set<Object> failed = new HashSet<>();
        private boolean spoiled;

        /**
         * Whether anything was changed while the switch was read.
         *
         * @return true if another reading would tell more
         */
        public boolean isDisturbed() {
            return spoiled || !touched.isEmpty();
        }
    }

    /** How often a change is tried before it counts as refused for good. */
    static final int MAX_ATTEMPTS = 5;

    /** How many problems of a kind are told one by one. */
    static final int MAX_PROBLEMS = 10;
    /** How long it is told that somebody has changed something. */
    static final long CHANGED_TOLD_MILLIS = 600_000;

    /** Said of what is not desired as long as that may only be unknown. */
    private static final String KEPT = "kept until all sources have been heard";

    private static final Outcome NOTHING = new Outcome(List.of(), false, List.of());

    private final Map<FlowKey, Entry> wantedFlows = new HashMap<>();
    private final Map<Long, Group> wantedGroups = new HashMap<>();
    /** When leases that were sent run out. */
    private final Map<FlowKey, Long> leases = new HashMap<>();
    /** Entries that the switch has as desired, and that are sent once more all the same. */
    private final Set<FlowKey> again = new HashSet<>();
    /** Once desired and no longer: may be removed although the program is not complete. */
    private final Set<Object> obsolete = new HashSet<>();
    /** Groups whose content we changed ourselves, so that fewer buckets are meant. */
    private final Set<Long> asserted = new HashSet<>();
    /**
     * Groups that could not be added although no read-back showed them. One lacks what the plugin cannot decode and
     * whatever came in the same message.
     */
    private final Set<Object> unreadable = new HashSet<>();
    /** Those of them that the switch has taken since; that a read-back does not show them means nothing. */
    private final Set<Long> hidden = new HashSet<>();
    private final Map<Object, Integer> failures = new HashMap<>();
    /** What is refused for good, and in which words. */
    private final Map<Object, String> refused = new HashMap<>();
    /** Where ours belong and foreign entries are, and what to say of it. */
    private final Map<FlowKey, String> blocked = new HashMap<>();
    /** Foreign entries that cannot be said whole, as text. */
    private final Map<FlowKey, String> strangers = new HashMap<>();
    private final Set<Reading> readings = new HashSet<>();

    private Belief has = new Belief();
    private boolean connected;
    private boolean known;
    private boolean doubtful;
    private boolean complete;
    /** Whether a repair might find something to do; spares the search after each small change. */
    private boolean dirty;
    /** How many entries others changed lately, and when last. */
    private long changedFromOutside;
    private long changedAt;
    /** Whether groups are left that could not be removed while in use. */
    private boolean leftGroups;

    /** A session began: nothing is known of the switch. */
    public void connect() {
        disconnect();
        connected = true;
    }

    /** The session ended. */
    public void disconnect() {
        connected = false;
        known = false;
        doubtful = false;
        has = new Belief();
        again.clear();
        unreadable.clear();
        hidden.clear();
        failures.clear();
        refused.clear();
        blocked.clear();
        strangers.clear();
        changedFromOutside = 0;
        readings.clear();
    }

    /**
     * Says whether what is not desired may be removed.
     *
     * @param newComplete true if the desired program is whole
     */
    public void setComplete(final boolean newComplete) {
        complete = newComplete;
        dirty = true;
    }

    /**
     * Takes a change of the desired program.
     *
     * @param change the change
     * @param now the time
     * @return what follows
     */
    public Outcome change(final Change change, final long now) {
        change.groups().forEach((id, group) -> {
            if (wantedGroups.put(id, group) != null) {
                asserted.add(id);
            }
            retry(id);
        });
        change.droppedGroups().forEach(id -> {
            wantedGroups.remove(id);
            asserted.remove(id);
            obsolete.add(id);
            retry(id);
        });
        change.flows().forEach((key, entry) -> {
            wantedFlows.put(key, entry);
            leases.remove(key);
            retry(key);
        });
        change.droppedFlows().forEach(key -> {
            wantedFlows.remove(key);
            leases.remove(key);
            again.remove(key);
            blocked.remove(key);
            obsolete.add(key);
            retry(key);
        });
        if (!connected) {
            return NOTHING;
        }
        if (!known && !complete) {
            return new Outcome(List.of(), true, List.of());
        }

        final boolean sure = known && !doubtful;
        final var ops = new ArrayList<Op>();
        final var collisions = new ArrayList<String>();
        change.groups().values().forEach(group -> {
            if (!sure) {
                ops.add(new Op.PutGroup(group, Op.How.EITHER));
            } else {
                due(group, has).ifPresent(ops::add);
            }
        });
        change.flows().forEach((key, entry) -> {
            final var there = has.flows.get(key);
            if (isBlocked(key)) {
                collisions.add(blocked.get(key));
            } else if (!sure || there == null || entry.isTimed() || !entry.sameAs(there)) {
                ops.add(new Op.PutFlow(entry));
            }
        });
        addMissingGroups(ops);
        for (var key : change.droppedFlows()) {
            final var there = has.flows.get(key);
            if (there == null || there.isOwn()) {
                ops.add(new Op.RemoveFlow(key));
            }
        }
        // Whether an unknown entry uses a group, which would go with it, only a read-back tells
        final boolean held = !known && !change.droppedGroups().isEmpty();
        dirty |= leftGroups && !(change.flows().isEmpty() && change.droppedFlows().isEmpty());
        if (known) {
            addGroupRemovals(change.droppedGroups(), ops);
        }
        return new Outcome(send(ops, now), held, collisions);
    }

    /** Whether something foreign is in the place of a desired entry; remembered as a problem. */
    private boolean isBlocked(final FlowKey key) {
        final var there = has.flows.get(key);
        if (there != null && !there.isOwn()) {
            blocked.put(key, collision(there));
            return true;
        } else if (there == null && strangers.containsKey(key)) {
            blocked.put(key, "a foreign entry is where one of ours belongs: " + strangers.get(key));
            return true;
        }
        blocked.remove(key);
        return false;
    }

    /** Adds desired groups that changes refer to and that a repair did not get to yet. */
    private void addMissingGroups(final List<Op> ops) {
        final var coming = new HashSet<Long>();
        ops.forEach(op -> {
            if (op instanceof Op.PutGroup put) {
                coming.add(put.group().id());
            }
        });
        for (int i = 0; i < ops.size(); i++) {
            final Set<Long> needed = ops.get(i) instanceof Op.PutFlow put ? put.entry().groups()
                : ops.get(i) instanceof Op.PutGroup group ? Batch.groupsOf(group.group()) : Set.of();
            for (var id : needed) {
                final var group = wantedGroups.get(id);
                if (group != null && !has.groups.containsKey(id) && coming.add(id)) {
                    ops.add(new Op.PutGroup(group, addingTo(id)));
                }
            }
        }
    }

    private Op.How addingTo(final long id) {
        return !known || doubtful || unreadable.contains(id) ? Op.How.EITHER : Op.How.ADD;
    }

    private void retry(final Object subject) {
        failures.remove(subject);
        dirty |= refused.remove(subject) != null;
        if (subject instanceof Long id) {
            // What was refused may have been so for want of this group
            refused.keySet().removeIf(other -> {
                final boolean uses = other instanceof FlowKey key && wantedFlows.containsKey(key)
                    ? wantedFlows.get(key).groups().contains(id)
                    : wantedGroups.containsKey(other) && Batch.groupsOf(wantedGroups.get(other)).contains(id);
                if (uses) {
                    failures.remove(other);
                    dirty = true;
                }
                return uses;
            });
        }
    }

    private boolean waitsToShrink(final Group there, final Group wanted) {
        return !complete && there != null && there.type() == Group.Type.ALL && wanted.type() == Group.Type.ALL
            && there.buckets().size() > wanted.buckets().size() && there.buckets().containsAll(wanted.buckets());
    }

    private static String collision(final Entry there) {
        return "a foreign entry (cookie 0x" + Long.toHexString(there.cookie()) + ") is where one of ours belongs: "
            + there.flow();
    }

    /** Adds removals of groups that nothing will use any more. A group's removal takes its users with it. */
    private void addGroupRemovals(final Collection<Long> candidates, final List<Op> ops) {
        final var gone = new HashSet<Object>();
        ops.forEach(op -> {
            if (op instanceof Op.RemoveFlow) {
                gone.add(op.subject());
            } else if (op instanceof Op.PutFlow put) {
                gone.add(put.subject());
            } else if (op instanceof Op.PutGroup put) {
                gone.add(put.subject());
            }
        });
        final var stillUsed = new HashSet<Long>();
        ops.forEach(op -> {
            if (op instanceof Op.PutFlow put) {
                stillUsed.addAll(put.entry().groups());
            } else if (op instanceof Op.PutGroup put) {
                stillUsed.addAll(Batch.groupsOf(put.group()));
            }
        });
        final var left = new HashSet<Long>();
        for (var id : candidates) {
            if (has.groups.containsKey(id) && !stillUsed.contains(id) && !refused.containsKey(id)) {
                left.add(id);
            }
        }
        // Each round frees those that only a group removed in the round before used
        boolean more = true;
        while (more) {
            more = false;
            for (var it = left.iterator(); it.hasNext();) {
                final var id = it.next();
                if (gone.containsAll(has.usersOf(id))) {
                    ops.add(new Op.RemoveGroup(id));
                    gone.add(id);
                    it.remove();
                    more = true;
                }
            }
        }
        leftGroups |= !left.isEmpty();
    }

    /** Orders changes and believes that they will succeed. */
    private List<Op> send(final List<Op> ops, final long now) {
        final var ordered = Batch.order(ops, has.groups);
        ordered.forEach(op -> believe(op, now));
        return ordered;
    }

    private void believe(final Op op, final long now) {
        if (op instanceof Op.PutGroup put) {
            has.putGroup(put.group());
        } else if (op instanceof Op.PutFlow put) {
            has.put(put.entry());
            again.remove(put.entry().key());
            if (put.entry().isTimed()) {
                leases.put(put.entry().key(), now + put.entry().flow().hardTimeout() * 1000L);
            }
        } else if (op instanceof Op.RemoveFlow remove) {
            has.forget(remove.key());
        } else if (op instanceof Op.RemoveGroup remove) {
            has.forgetGroup(remove.id());
            hidden.remove(remove.id());
        }
        readings.forEach(reading -> reading.touched.add(op.subject()));
    }

    /**
     * Starts leases anew.
     *
     * @param keys the leases' identities; those no longer desired are passed over
     * @param now the time
     * @return what follows
     */
    public Outcome renew(final Collection<FlowKey> keys, final long now) {
        final var ops = new ArrayList<Op>();
        final var collisions = new ArrayList<String>();
        for (var key : keys) {
            final var entry = wantedFlows.get(key);
            if (entry != null && entry.isTimed()) {
                retry(key);
                if (isBlocked(key)) {
                    collisions.add(blocked.get(key));
                } else {
                    ops.add(new Op.PutFlow(entry));
                }
            }
        }
        if (!connected || !known && !complete) {
            // A lease that was never sent is sent in full by the repair
            keys.forEach(leases::remove);
            return new Outcome(List.of(), connected, List.of());
        }
        addMissingGroups(ops);
        return new Outcome(send(ops, now), false, collisions);
    }

    /**
     * A read-back is about to be asked for.
     *
     * @return to be given to {@link #merge} or {@link #audit}
     */
    public Reading beginRead() {
        final var reading = new Reading();
        readings.add(reading);
        return reading;
    }

    /**
     * Gives a read-back up.
     *
     * @param reading the read-back
     */
    public void abandon(final Reading reading) {
        readings.remove(reading);
    }

    /**
     * Believes what the switch said, but for what was sent since it was asked.
     *
     * @param observed what the switch said
     * @param reading of {@link #beginRead}
     * @param now the time
     * @return how many entries and groups somebody else has changed, of those that will be repaired; zero where that
     *     cannot be told from a failure of ours
     */
    public int merge(final Observed observed, final Reading reading, final long now) {
        readings.remove(reading);
        final var view = viewOf(observed, reading);
        strangers.clear();
        observed.otherFlows().stream().filter(other -> !other.isOwn())
            .forEach(other -> other.key().ifPresent(key -> strangers.put(key, other.text())));
        final boolean first = !known;
        final int changed = first || doubtful || reading.spoiled ? 0 : changedIn(view, now);
        if (changed != 0) {
            changedFromOutside += changed;
            changedAt = now;
        }
        has = view;
        known = true;
        dirty = true;
        doubtful = reading.spoiled;
        obsolete.removeIf(subject -> !view.flows.containsKey(subject) && !view.groups.containsKey(subject));
        wantedFlows.forEach((key, entry) -> {
            final var there = view.flows.get(key);
            // Sent by an earlier life of ours: a lease may be about to run out, and a version from before removals were
            // told may have sent any. Once is enough, lest a switch that does not keep the flag gets all for ever
            if (there != null && (entry.isTimed() && !leases.containsKey(key) || first && !there.tellsRemoval())) {
                again.add(key);
            }
        });
        return changed;
    }

    /** How many entries and groups are no longer as they were known to be, and shall be. */
    private int changedIn(final Belief view, final long now) {
        int count = 0;
        for (var group : wantedGroups.values()) {
            if (due(group, has).isEmpty() && due(group, view).isPresent()) {
                count++;
            }
        }
        for (var entry : wantedFlows.values()) {
            final var there = view.flows.get(entry.key());
            if (due(entry, has.flows.get(entry.key()), now) == null && due(entry, there, now) != null
                    && (there == null ? !strangers.containsKey(entry.key()) : there.isOwn())) {
                count++;
            }
        }
        if (complete) {
            for (var entry : view.flows.values()) {
                if (entry.isOwn() && !wantedFlows.containsKey(entry.key()) && !has.flows.containsKey(entry.key())) {
                    count++;
                }
            }
            for (var id : view.groups.keySet()) {
                if (OwnRange.isOwnGroup(id) && !wantedGroups.containsKey(id) && !has.groups.containsKey(id)) {
                    count++;
                }
            }
        }
        return count;
    }

    /**
     * Tells whether the removal of an entry, which the switch reported, is somebody else's doing: ours are believed
     * before they are reported.
     *
     * @param key the entry's identity
     * @return true if the switch should have the entry
     */
    public boolean isMissed(final FlowKey key) {
        final var there = has.flows.get(key);
        return known && wantedFlows.containsKey(key) && there != null && there.isOwn();
    }

    private Belief viewOf(final Observed observed, final Reading reading) {
        final var view = new Belief(observed);
        view.adopt(has, reading.touched);
        hidden.removeIf(view.groups::containsKey);
        view.adopt(has, Set.copyOf(hidden));
        return view;
    }

    /**
     * The next changes that bring the switch closer to what is desired.
     *
     * @param limit how many at most
     * @param now the time
     * @return the changes, in order; empty if nothing is left that may be done
     */
    public List<Op> repair(final int limit, final long now) {
        if (!connected || !known || doubtful || !dirty) {
            return List.of();
        }
        leftGroups = false;
        final var ops = new ArrayList<Op>();
        wantedGroups.forEach((id, group) -> {
            if (!refused.containsKey(id)) {
                due(group, has).ifPresent(ops::add);
            }
        });
        wantedFlows.forEach((key, entry) -> {
            if (!isBlocked(key) && !refused.containsKey(key)) {
                final var due = due(entry, has.flows.get(key), now);
                if (due != null) {
                    ops.add(new Op.PutFlow(due));
                }
            }
        });
        has.flows.forEach((key, entry) -> {
            if (entry.isOwn() && !wantedFlows.containsKey(key) && (complete || obsolete.contains(key))
                && !refused.containsKey(key)) {
                ops.add(new Op.RemoveFlow(key));
            }
        });
        addGroupRemovals(has.groups.keySet().stream().filter(id -> OwnRange.isOwnGroup(id)
            && !wantedGroups.containsKey(id) && (complete || obsolete.contains(id))).toList(), ops);

        final var ordered = Batch.order(ops, has.groups);
        final var next = List.copyOf(ordered.subList(0, Math.min(limit, ordered.size())));
        next.forEach(op -> believe(op, now));
        dirty = next.size() < ordered.size();
        return next;
    }

    /** What to send for a desired group. */
    private Optional<Op> due(final Group group, final Belief belief) {
        final long id = group.id();
        if (!belief.groups.containsKey(id)) {
            return Optional.of(new Op.PutGroup(group, addingTo(id)));
        }
        final var there = belief.groups.get(id);
        return group.equals(there) || !asserted.contains(id) && waitsToShrink(there, group) ? Optional.empty()
            : Optional.of(new Op.PutGroup(group, Op.How.MODIFY));
    }

    /** What to send for a desired entry, or null. */
    private Entry due(final Entry entry, final Entry there, final long now) {
        if (there != null && entry.sameAs(there) && !again.contains(entry.key())) {
            return null;
        }
        final var end = leases.get(entry.key());
        if (!entry.isTimed() || end == null) {
            return entry;
        }
        final long left = end - now;
        return left <= 0 ? null : entry.withTimeout((int) Math.min(65535, (left + 999) / 1000));
    }

    /**
     * Compares without changing anything. What was sent since the reading began is not judged: the switch may have told
     * of it before or after.
     *
     * @param observed what the switch said
     * @param reading of {@link #beginRead}
     * @param now the time
     * @return the difference
     */
    public Audit audit(final Observed observed, final Reading reading, final long now) {
        readings.remove(reading);
        final var view = new Belief(observed);
        final var unseen = new HashSet<Object>(hidden);
        unseen.removeAll(view.groups.keySet());
        final var unjudged = new HashSet<>(unseen);
        unjudged.addAll(reading.touched);
        unjudged.addAll(reading.failed);
        final var others = new HashMap<FlowKey, Observed.Other>();
        observed.otherFlows().forEach(other -> other.key().ifPresent(key -> others.put(key, other)));

        final var findings = new ArrayList<Finding>();
        int desired = 0;
        int found = unseen.size();
        for (var group : wantedGroups.values()) {
            desired++;
            if (!unjudged.contains(group.id())) {
                addFinding(group, view, findings);
            }
        }
        for (var entry : wantedFlows.values()) {
            final var there = view.flows.get(entry.key());
            final boolean lapsed = there == null && entry.isTimed() && leases.getOrDefault(entry.key(), now + 1) <= now;
            desired += lapsed ? 0 : 1;
            if (!lapsed && !unjudged.contains(entry.key())) {
                addFinding(entry, there, others.get(entry.key()), findings);
            }
        }
        for (var entry : view.flows.values()) {
            found += entry.isOwn() ? 1 : 0;
            if (!wantedFlows.containsKey(entry.key()) && !unjudged.contains(entry.key())) {
                findings.add(unwanted(entry.isOwn(), entry.key(), OfctlText.of(entry)));
            }
        }
        for (var other : observed.otherFlows()) {
            found += other.isOwn() ? 1 : 0;
            if (other.key().filter(key -> wantedFlows.containsKey(key) || unjudged.contains(key)).isEmpty()) {
                findings.add(unwanted(other.isOwn(), other.key().orElse(null), other.text()));
            }
        }
        for (var id : view.groups.keySet()) {
            final boolean own = OwnRange.isOwnGroup(id);
            found += own ? 1 : 0;
            if (!wantedGroups.containsKey(id) && !unjudged.contains(id)) {
                findings.add(unwanted(own, id, OfctlText.group(view.groups, id)));
            }
        }
        findings.sort(Comparator.comparing(Finding::kind).thenComparing(Finding::entry));
        return new Audit(desired, found, complete, unjudged.size(), findings);
    }

    private void addFinding(final Group group, final Belief view, final List<Finding> findings) {
        final long id = group.id();
        if (!view.groups.containsKey(id)) {
            findings.add(new Finding(Audit.Kind.MISSING, OfctlText.of(group), Optional.empty(), refusal(id)));
        } else if (!group.equals(view.groups.get(id))) {
            final var there = view.groups.get(id);
            findings.add(new Finding(Audit.Kind.DIFFERING, OfctlText.of(group),
                Optional.of(OfctlText.group(view.groups, id)),
                !asserted.contains(id) && waitsToShrink(there, group) ? Optional.of(KEPT) : refusal(id)));
        }
    }

    private void addFinding(final Entry entry, final Entry there, final Observed.Other other,
            final List<Finding> findings) {
        final var text = OfctlText.of(entry);
        if (there == null && other == null) {
            findings.add(new Finding(Audit.Kind.MISSING, text, Optional.empty(), refusal(entry.key())));
        } else if (there == null || !entry.sameAs(there)) {
            final boolean own = there == null ? other.isOwn() : there.isOwn();
            findings.add(new Finding(own ? Audit.Kind.DIFFERING : Audit.Kind.BLOCKED, text,
                Optional.of(there == null ? other.text() : OfctlText.of(there)), refusal(entry.key())));
        }
    }

    private Finding unwanted(final boolean own, final Object subject, final String text) {
        final var note = own && !complete && !obsolete.contains(subject) ? Optional.of(KEPT) : refusal(subject);
        return new Finding(own ? Audit.Kind.STALE : Audit.Kind.FOREIGN, text, Optional.empty(), note);
    }

    private Optional<String> refusal(final Object subject) {
        return Optional.ofNullable(refused.get(subject)).map(text -> "the switch " + text);
    }

    /**
     * The switch took a change.
     *
     * @param op the change
     */
    public void succeeded(final Op op) {
        failures.remove(op.subject());
        if (op instanceof Op.PutGroup put && unreadable.contains(put.subject())) {
            hidden.add(put.group().id());
        }
    }

    /**
     * The switch did not take a change, or did not say. What it has is now in doubt and must be read back.
     *
     * @param op the change
     * @param reason what was said
     */
    public void failed(final Op op, final String reason) {
        doubt(op.subject());
        if (op instanceof Op.PutGroup put) {
            if (put.how() == Op.How.ADD) {
                unreadable.add(op.subject());
            }
            hidden.remove(put.group().id());
            hidden.removeAll(Batch.groupsOf(put.group()));
        } else if (op instanceof Op.PutFlow put) {
            if (put.entry().isTimed()) {
                // The one that the read-back shows may be an older one, with less time left
                again.add(put.entry().key());
            }
            hidden.removeAll(put.entry().groups());
        }
        if (failures.merge(op.subject(), 1, Integer::sum) >= MAX_ATTEMPTS) {
            refused.put(op.subject(), "refuses " + op + ": " + reason);
            failures.remove(op.subject());
        }
    }

    private void doubt(final Object subject) {
        doubtful = true;
        readings.forEach(reading -> {
            reading.spoiled = true;
            reading.failed.add(subject);
        });
    }

    /**
     * How often the change that fails most has failed in a row.
     *
     * @return zero if none fails
     */
    public int attempts() {
        return failures.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    /**
     * Whether a read-back is needed before anything can be said.
     *
     * @return true before the first read-back of a session and after a failure
     */
    public boolean needsRead() {
        return connected && (!known || doubtful);
    }

    /**
     * What keeps a switch that is in line from having some entries.
     *
     * @param subjects identities of flows, numbers of groups
     * @return what is wrong with one of them, empty if nothing is
     */
    public Optional<String> lack(final Set<Object> subjects) {
        return Stream.concat(blocked.entrySet().stream(), refused.entrySet().stream())
            .filter(entry -> subjects.contains(entry.getKey())).map(Map.Entry::getValue).min(String::compareTo);
    }

    /**
     * What a person should know now.
     *
     * @param now the time
     * @return the problems, in a constant order
     */
    public List<Problem> problems(final long now) {
        if (changedFromOutside != 0 && now - changedAt >= CHANGED_TOLD_MILLIS) {
            changedFromOutside = 0;
        }
        if (blocked.isEmpty() && refused.isEmpty() && changedFromOutside == 0) {
            return List.of();
        }
        final var problems = new ArrayList<Problem>();
        addSome(problems, Kind.BLOCKED, blocked.values().stream(),
            "foreign entries are where ours belong");
        addSome(problems, Kind.REFUSED, refused.values().stream(), "changes are refused");
        if (changedFromOutside != 0) {
            problems.add(new Problem(Kind.CHANGED_FROM_OUTSIDE, "repaired " + changedFromOutside + (changedFromOutside
                == 1 ? " entry" : " entries") + " that had been changed from outside"));
        }
        return problems;
    }

    private static void addSome(final List<Problem> problems, final Kind kind, final Stream<String> texts,
            final String what) {
        final var sorted = texts.sorted().toList();
        sorted.stream().limit(MAX_PROBLEMS).forEach(text -> problems.add(new Problem(kind, text)));
        if (sorted.size() > MAX_PROBLEMS) {
            problems.add(new Problem(kind, sorted.size() - MAX_PROBLEMS + " more " + what));
        }
    }
}
