/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.restconf.internal;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.osgi.framework.hooks.weaving.WeavingHook;
import org.osgi.framework.hooks.weaving.WovenClass;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a deadlock out of OpenDaylight's event streams. Who sends an event holds the stream's lock, and asks each
 * session under the session's whether it is connected. Who pings a session that has been cut off holds the session's
 * lock, and leaves the stream under the stream's. If both happen at once, the stream is dead until the controller is
 * restarted, and so are all pings.
 *
 * <p>A session has no need of a lock: its methods only use what is safe without, Jersey's sink among it. So they lose
 * theirs as the class is loaded (OSGi Core 7, chapter 56), and a ping that waits for somebody who does not read no
 * longer keeps events from the others.
 */
@Component(service = WeavingHook.class, immediate = true)
public final class SessionWeaver implements WeavingHook {
    static final String SESSION = "org.opendaylight.restconf.nb.rfc8040.streams.SSESessionHandler";

    private static final Logger LOG = LoggerFactory.getLogger(SessionWeaver.class);

    @Override
    public void weave(final WovenClass woven) {
        if (SESSION.equals(woven.getClassName())) {
            woven.setBytes(withoutLocks(woven.getBytes()));
            LOG.debug("{} has no locks now", SESSION);
        }
    }

    static byte[] withoutLocks(final byte[] original) {
        final var reader = new ClassReader(original);
        final var writer = new ClassWriter(reader, 0);
        reader.accept(new ClassVisitor(Opcodes.ASM9, writer) {
            @Override
            public MethodVisitor visitMethod(final int access, final String name, final String descriptor,
                    final String signature, final String[] exceptions) {
                return super.visitMethod(access & ~Opcodes.ACC_SYNCHRONIZED, name, descriptor, signature, exceptions);
            }
        }, 0);
        return writer.toByteArray();
    }
}
