/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.users.internal;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.isNull;
import static org.mockito.Mockito.lenient;
import static org.mockito.Mockito.mock;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.LoginException;
import org.apache.karaf.jaas.boot.ProxyLoginModule;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.config.JaasRealm;
import org.apache.karaf.jaas.modules.encryption.BasicEncryptionService;
import org.apache.karaf.jaas.modules.properties.PropertiesLoginModule;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What Karaf does with a users file. */
final class Karaf {
    /** As Karaf's realm has them by etc/org.apache.karaf.jaas.cfg, with hashes off. */
    static final Map<String, String> OFF = Map.of(
        "encryption.name", "basic",
        "encryption.enabled", "false",
        "encryption.prefix", "{CRYPT}",
        "encryption.suffix", "{CRYPT}",
        "encryption.algorithm", "SHA-256",
        "encryption.encoding", "hexadecimal",
        "detailed.login.exception", "false");

    private Karaf() {
        // Functions only
    }

    /** Karaf's own realm, or one like it. */
    static JaasRealm realm(final String name, final int rank, final Map<String, String> settings, final Path file) {
        final var options = new HashMap<String, Object>(settings);
        options.put(BundleContext.class.getName(), context());
        options.put(ProxyLoginModule.PROPERTY_MODULE, PropertiesLoginModule.class.getName());
        options.put("users", file.toString());
        final var keys = Map.of(ProxyLoginModule.PROPERTY_MODULE,
            "org.apache.karaf.jaas.modules.publickey.PublickeyLoginModule", "users", "keys.properties");
        return new JaasRealm() {
            @Override
            public String getName() {
                return name;
            }

            @Override
            public int getRank() {
                return rank;
            }

            @Override
            public AppConfigurationEntry[] getEntries() {
                return new AppConfigurationEntry[] {entry(options), entry(keys)};
            }

            private AppConfigurationEntry entry(final Map<String, ?> with) {
                return new AppConfigurationEntry(ProxyLoginModule.class.getName(), LoginModuleControlFlag.OPTIONAL,
                    with);
            }
        };
    }

    /** With Karaf's service that hashes. */
    private static BundleContext context() {
        final var context = mock(BundleContext.class);
        final ServiceReference<?> reference = mock(ServiceReference.class);
        try {
            lenient().doReturn(new ServiceReference<?>[] {reference}).when(context)
                .getServiceReferences(isNull(String.class), any());
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        lenient().doReturn(new BasicEncryptionService()).when(context).getService(reference);
        return context;
    }

    /** The roles of somebody who logs in by a realm. */
    static Set<String> logIn(final JaasRealm realm, final String user, final String password) throws LoginException {
        final var subject = new Subject();
        final var module = new PropertiesLoginModule();
        module.initialize(subject, callbacks -> {
            for (Callback callback : callbacks) {
                if (callback instanceof NameCallback name) {
                    name.setName(user);
                } else {
                    ((PasswordCallback) callback).setPassword(password.toCharArray());
                }
            }
        }, Map.of(), realm.getEntries()[0].getOptions());
        assertTrue(module.login());
        module.commit();
        return subject.getPrincipals(RolePrincipal.class).stream().map(RolePrincipal::getName)
            .collect(Collectors.toSet());
    }

    static void assertNoLogin(final JaasRealm realm, final String user, final String password) {
        // A text shorter than the marks is out of their bounds
        assertThrows(Exception.class, () -> logIn(realm, user, password));
    }
}
