/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.ssh.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.forward.TcpForwardingFilter.Type;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.ArgumentCaptor;
import org.mockito.Captor;
import org.mockito.Mock;
import org.mockito.junit.jupiter.MockitoExtension;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

@ExtendWith(MockitoExtension.class)
class NoForwardingTest {
    private static final SshdSocketAddress AKKA = new SshdSocketAddress("127.0.0.1", 2550);

    private final SshServer first = karafServer();
    private final NoForwarding noForwarding = new NoForwarding();

    @Mock
    private BundleContext context;
    @Mock
    private Session session;
    @Captor
    private ArgumentCaptor<ServiceListener> listener;

    @BeforeEach
    void start() throws Exception {
        final var references = new ServiceReference<?>[] {reference(first)};
        doReturn(references).when(context).getServiceReferences(SshServer.class.getName(), null);
        noForwarding.start(context);
        verify(context).addServiceListener(listener.capture(), any());
    }

    /** A server as Karaf makes it. */
    private static SshServer karafServer() {
        final var server = new SshServer();
        server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        return server;
    }

    private ServiceReference<?> reference(final SshServer server) {
        final ServiceReference<?> reference = mock(ServiceReference.class);
        doReturn(server).when(context).getService(reference);
        return reference;
    }

    private void assertForwardsNothing(final SshServer server) {
        final var tcp = server.getTcpForwardingFilter();
        for (var type : Type.values()) {
            assertFalse(tcp.canConnect(type, AKKA, session), type.getName());
        }
        assertFalse(tcp.canListen(AKKA, session));
        assertFalse(server.getX11ForwardingFilter().canForwardX11(session, "x11-req"));
        assertFalse(server.getAgentForwardingFilter().canForwardAgent(session, "auth-agent-req"));
    }

    @Test
    void theServerThatIsThereForwardsNothing() {
        assertForwardsNothing(first);
    }

    @Test
    void theOneThatComesWithOtherSettingsForwardsNothing() {
        // Karaf leaves the one that has stopped published
        final var second = karafServer();
        assertTrue(second.getTcpForwardingFilter().canListen(AKKA, session));
        listener.getValue().serviceChanged(new ServiceEvent(ServiceEvent.REGISTERED, reference(second)));
        assertForwardsNothing(second);
    }
}
