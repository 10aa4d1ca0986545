/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.flow.internal;

import io.peregrine.flow.Action;
import io.peregrine.flow.FieldValue;
import io.peregrine.flow.Flow;
import io.peregrine.flow.FlowKey;
import io.peregrine.flow.Group;
import io.peregrine.flow.Instructions;
import io.peregrine.flow.internal.core.Entry;
import io.peregrine.flow.internal.core.OwnRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.opendaylight.yang.gen.v1.urn.ietf.params.xml.ns.yang.ietf.inet.types.rev130715.Uri;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.DecNwTtlCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.DecNwTtlCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.GroupActionCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.GroupActionCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.OutputActionCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.OutputActionCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.SetFieldCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.SetFieldCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.dec.nw.ttl._case.DecNwTtlBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.group.action._case.GroupActionBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.output.action._case.OutputActionBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.action.set.field._case.SetFieldBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.list.ActionBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.list.ActionKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.AddFlowInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlowInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.service.rev130819.RemoveFlowInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.FlowCookie;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.FlowModFlags;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.InstructionsBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.MatchBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.ApplyActionsCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.ApplyActionsCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.GoToTableCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.GoToTableCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.WriteMetadataCase;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.WriteMetadataCaseBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.apply.actions._case.ApplyActionsBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.go.to.table._case.GoToTableBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.instruction.write.metadata._case.WriteMetadataBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.list.Instruction;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.list.InstructionBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.instruction.list.InstructionKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroupInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.AddGroupInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroupInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.RemoveGroupInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroupInput;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.UpdateGroupInputBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.group.update.OriginalGroupBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.service.rev130918.group.update.UpdatedGroupBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.BucketId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.GroupId;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.GroupTypes;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.Buckets;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.BucketsBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.buckets.Bucket;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.buckets.BucketBuilder;
import org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.group.buckets.BucketKey;
import org.opendaylight.yang.gen.v1.urn.opendaylight.inventory.rev130819.NodeRef;
import org.opendaylight.yangtools.yang.binding.util.BindingMap;
import org.opendaylight.yangtools.yang.common.Uint16;
import org.opendaylight.yangtools.yang.common.Uint32;
import org.opendaylight.yangtools.yang.common.Uint64;
import org.opendaylight.yangtools.yang.common.Uint8;

/**
 * Translates flow entries and groups to and from OpenFlowPlugin's model. What comes back may have been put in by
 * anybody, so whatever our values cannot say exactly is refused with {@link IllegalArgumentException}, never rounded.
 */
final class OfpCodec {
    private static final FlowModFlags NO_FLAGS = new FlowModFlags(false, false, false, false, false);
    private static final FlowModFlags TELL_REMOVAL = new FlowModFlags(false, false, false, false, true);
    private static final FlowCookie OWN_COOKIES = new FlowCookie(Uint64.fromLongBits(OwnRange.COOKIE));
    private static final FlowCookie OWN_MASK = new FlowCookie(Uint64.fromLongBits(OwnRange.COOKIE_MASK));
    /** OFPCML_NO_BUFFER: the whole packet (OpenFlow 1.3.5, A.2.5). */
    private static final Uint16 WHOLE_PACKET = Uint16.MAX_VALUE;

    private OfpCodec() {
        // static methods only
    }

    static AddFlowInput addFlow(final NodeRef node, final Entry entry) {
        final var flow = entry.flow();
        return new AddFlowInputBuilder()
            .setNode(node)
            .setTableId(Uint8.valueOf(flow.key().table()))
            .setPriority(Uint16.valueOf(flow.key().priority()))
            .setMatch(match(flow.key()))
            .setInstructions(instructions(flow.instructions()))
            .setCookie(new FlowCookie(Uint64.fromLongBits(entry.cookie())))
            .setHardTimeout(Uint16.valueOf(flow.hardTimeout()))
            .setIdleTimeout(Uint16.ZERO)
            .setFlags(entry.tellsRemoval() ? TELL_REMOVAL : NO_FLAGS)
            .build();
    }

    static RemoveFlowInput removeFlow(final NodeRef node, final FlowKey key) {
        return new RemoveFlowInputBuilder()
            .setNode(node)
            .setTableId(Uint8.valueOf(key.table()))
            .setPriority(Uint16.valueOf(key.priority()))
            .setMatch(match(key))
            .setStrict(true)
            .setCookie(OWN_COOKIES)
            .setCookieMask(OWN_MASK)
            .setFlags(NO_FLAGS)
            .build();
    }

    static AddGroupInput addGroup(final NodeRef node, final Group group) {
        return new AddGroupInputBuilder().setNode(node).setGroupId(id(group.id())).setGroupType(type(group.type()))
            .setBuckets(buckets(group)).build();
    }

    static UpdateGroupInput updateGroup(final NodeRef node, final Group group) {
        final var updated = new UpdatedGroupBuilder().setGroupId(id(group.id())).setGroupType(type(group.type()))
            .setBuckets(buckets(group)).build();
        return new UpdateGroupInputBuilder().setNode(node)
            .setOriginalGroup(new OriginalGroupBuilder().setGroupId(id(group.id())).build())
            .setUpdatedGroup(updated).build();
    }

    static RemoveGroupInput removeGroup(final NodeRef node, final long id) {
        // The message has a type field, which a deletion ignores
        return new RemoveGroupInputBuilder().setNode(node).setGroupId(id(id)).setGroupType(GroupTypes.GroupAll).build();
    }

    /**
     * Translates a flow entry.
     *
     * @param flow as OpenFlowPlugin says it
     * @return the entry
     * @throws IllegalArgumentException if it is more than our values can say
     */
    static Entry entry(
            final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.Flow flow) {
        if (flow.getIdleTimeout() != null && flow.getIdleTimeout().toJava() != 0) {
            throw new IllegalArgumentException("idle timeout");
        }
        final int timeout = flow.getHardTimeout() == null ? 0 : flow.getHardTimeout().toJava();
        return new Entry(new Flow(key(flow), toInstructions(flow.getInstructions()), timeout), cookie(flow),
            flow.getFlags() != null && flow.getFlags().getSENDFLOWREM());
    }

    /**
     * Translates a flow entry's identity.
     *
     * @param flow as OpenFlowPlugin says it
     * @return the identity
     * @throws IllegalArgumentException if it is more than our values can say
     */
    static FlowKey key(final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.Flow flow) {
        return new FlowKey(flow.getTableId().toJava(), flow.getPriority().toJava(), OfpMatch.decode(flow.getMatch()));
    }

    static long cookie(final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.Flow flow) {
        return flow.getCookie() == null ? 0 : flow.getCookie().getValue().longValue();
    }

    /**
     * Translates a group.
     *
     * @param group as OpenFlowPlugin says it
     * @return the group
     * @throws IllegalArgumentException if it is more than our values can say
     */
    static Group group(final org.opendaylight.yang.gen.v1.urn.opendaylight.group.types.rev131018.Group group) {
        final var type = switch (group.getGroupType()) {
            case GroupAll -> Group.Type.ALL;
            case GroupSelect -> Group.Type.SELECT;
            case GroupFf -> Group.Type.FAST_FAILOVER;
            case GroupIndirect -> throw new IllegalArgumentException("indirect group");
        };
        final var buckets = new ArrayList<Group.Bucket>();
        if (group.getBuckets() != null) {
            group.getBuckets().nonnullBucket().values().stream()
                .sorted(Comparator.comparing(bucket -> bucket.getBucketId().getValue()))
                .forEach(bucket -> buckets.add(bucket(bucket, type)));
        }
        return new Group(group.getGroupId().getValue().toJava(), type, buckets);
    }

    private static Group.Bucket bucket(final Bucket bucket, final Group.Type type) {
        if (bucket.getWatchGroup() != null && bucket.getWatchGroup().toJava() != Group.Bucket.NO_WATCH) {
            throw new IllegalArgumentException("watched group");
        }
        final int weight = bucket.getWeight() == null || type != Group.Type.SELECT ? 0 : bucket.getWeight().toJava();
        final long watch = bucket.getWatchPort() == null ? Group.Bucket.NO_WATCH : bucket.getWatchPort().toJava();
        return new Group.Bucket(toActions(bucket.nonnullAction().values()), weight, watch);
    }

    private static GroupId id(final long id) {
        return new GroupId(Uint32.valueOf(id));
    }

    private static GroupTypes type(final Group.Type type) {
        return switch (type) {
            case ALL -> GroupTypes.GroupAll;
            case SELECT -> GroupTypes.GroupSelect;
            case FAST_FAILOVER -> GroupTypes.GroupFf;
        };
    }

    private static Buckets buckets(final Group group) {
        final var buckets = BindingMap.<BucketKey, Bucket>orderedBuilder();
        long number = 0;
        for (var bucket : group.buckets()) {
            buckets.add(new BucketBuilder()
                .setBucketId(new BucketId(Uint32.valueOf(number++)))
                .setWeight(Uint16.valueOf(bucket.weight()))
                .setWatchPort(Uint32.valueOf(bucket.watchPort()))
                .setWatchGroup(Uint32.MAX_VALUE)
                .setAction(actions(bucket.actions()))
                .build());
        }
        return new BucketsBuilder().setBucket(buckets.build()).build();
    }

    private static org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Match match(
            final FlowKey key) {
        return new MatchBuilder(OfpMatch.encode(key.match())).build();
    }

    private static org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Instructions instructions(
            final Instructions instructions) {
        final var list = BindingMap.<InstructionKey, Instruction>orderedBuilder();
        int order = 0;
        if (!instructions.actions().isEmpty()) {
            list.add(new InstructionBuilder().setOrder(order++)
                .setInstruction(new ApplyActionsCaseBuilder()
                    .setApplyActions(new ApplyActionsBuilder().setAction(actions(instructions.actions())).build())
                    .build())
                .build());
        }
        if (instructions.metadataMask() != 0) {
            list.add(new InstructionBuilder().setOrder(order++)
                .setInstruction(new WriteMetadataCaseBuilder()
                    .setWriteMetadata(new WriteMetadataBuilder()
                        .setMetadata(Uint64.fromLongBits(instructions.metadata()))
                        .setMetadataMask(Uint64.fromLongBits(instructions.metadataMask()))
                        .build())
                    .build())
                .build());
        }
        if (instructions.gotoTable() != Instructions.NO_TABLE) {
            list.add(new InstructionBuilder().setOrder(order)
                .setInstruction(new GoToTableCaseBuilder()
                    .setGoToTable(new GoToTableBuilder().setTableId(Uint8.valueOf(instructions.gotoTable())).build())
                    .build())
                .build());
        }
        return new InstructionsBuilder().setInstruction(list.build()).build();
    }

    private static Instructions toInstructions(
            final org.opendaylight.yang.gen.v1.urn.opendaylight.flow.types.rev131026.flow.Instructions instructions) {
        var result = Instructions.DROP;
        if (instructions == null) {
            return result;
        }
        for (var item : instructions.nonnullInstruction().values()) {
            final var instruction = item.getInstruction();
            if (instruction instanceof ApplyActionsCase apply) {
                result = new Instructions(toActions(apply.getApplyActions().nonnullAction().values()),
                    result.metadata(), result.metadataMask(), result.gotoTable());
            } else if (instruction instanceof WriteMetadataCase write) {
                final var metadata = write.getWriteMetadata();
                result = result.withMetadata(metadata.getMetadata().longValue(),
                    metadata.getMetadataMask() == null ? -1 : metadata.getMetadataMask().longValue());
            } else if (instruction instanceof GoToTableCase next) {
                result = result.thenTable(next.getGoToTable().getTableId().toJava());
            } else {
                throw new IllegalArgumentException("instruction " + instruction);
            }
        }
        return result;
    }

    private static Map<ActionKey, org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.list
            .Action> actions(final List<Action> actions) {
        final var list = BindingMap.<ActionKey, org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112
            .action.list.Action>orderedBuilder();
        int order = 0;
        for (var action : actions) {
            list.add(new ActionBuilder().setOrder(order++).setAction(action(action)).build());
        }
        return list.build();
    }

    private static org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.Action action(
            final Action action) {
        if (action instanceof Action.Output output) {
            return new OutputActionCaseBuilder().setOutputAction(new OutputActionBuilder()
                .setOutputNodeConnector(new Uri(OfpMatch.portName(output.port())))
                .setMaxLength(output.port() == Action.CONTROLLER ? WHOLE_PACKET : Uint16.ZERO).build()).build();
        } else if (action instanceof Action.ToGroup group) {
            return new GroupActionCaseBuilder().setGroupAction(
                new GroupActionBuilder().setGroupId(Uint32.valueOf(group.groupId())).build()).build();
        } else if (action instanceof Action.SetField set) {
            return new SetFieldCaseBuilder()
                .setSetField(new SetFieldBuilder(OfpMatch.encode(set.field(), set.value())).build()).build();
        } else if (action instanceof Action.DecTtl) {
            return new DecNwTtlCaseBuilder().setDecNwTtl(new DecNwTtlBuilder().build()).build();
        }
        throw new IllegalArgumentException("action " + action);
    }

    private static List<Action> toActions(final Collection<org.opendaylight.yang.gen.v1.urn.opendaylight.action.types
            .rev131112.action.list.Action> actions) {
        final var ordered = new ArrayList<>(actions);
        ordered.sort(Comparator.comparing(org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action
            .list.Action::getOrder, Comparator.nullsFirst(Comparator.naturalOrder())));
        final var result = new ArrayList<Action>(ordered.size());
        ordered.forEach(item -> result.add(toAction(item.getAction())));
        return result;
    }

    private static Action toAction(
            final org.opendaylight.yang.gen.v1.urn.opendaylight.action.types.rev131112.action.Action action) {
        if (action instanceof OutputActionCase output) {
            final var out = output.getOutputAction();
            final long port = OfpMatch.portNumber(out.getOutputNodeConnector().getValue());
            if (port == Action.CONTROLLER && !WHOLE_PACKET.equals(out.getMaxLength())) {
                throw new IllegalArgumentException("a part of the packet to the controller");
            }
            return new Action.Output(port);
        } else if (action instanceof GroupActionCase group) {
            return new Action.ToGroup(group.getGroupAction().getGroupId().toJava());
        } else if (action instanceof SetFieldCase set) {
            final var fields = OfpMatch.decode(set.getSetField()).fields();
            if (fields.size() != 1) {
                throw new IllegalArgumentException("set-field of " + fields);
            }
            final var field = fields.entrySet().iterator().next();
            final FieldValue value = field.getValue().value();
            if (!field.getValue().mask().equals(field.getKey().exactMask())) {
                throw new IllegalArgumentException("masked set-field of " + fields);
            }
            return new Action.SetField(field.getKey(), value);
        } else if (action instanceof DecNwTtlCase) {
            return new Action.DecTtl();
        }
        throw new IllegalArgumentException("action " + action);
    }
}
