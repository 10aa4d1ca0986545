/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.aaa.login;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Map;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.FailedLoginException;
import javax.security.auth.login.LoginException;
import javax.security.auth.spi.LoginModule;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.shiro.authc.AuthenticationException;
import org.apache.shiro.authc.UsernamePasswordToken;
import org.apache.shiro.subject.PrincipalCollection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KarafRealmTest {
    private final KarafRealm realm = new KarafRealm();

    /** Lets those in whose password is their name backwards, with a role of their name. */
    public static final class Backwards implements LoginModule {
        private Subject subject;
        private CallbackHandler handler;

        @Override
        public void initialize(final Subject newSubject, final CallbackHandler callbackHandler,
                final Map<String, ?> sharedState, final Map<String, ?> options) {
            subject = newSubject;
            handler = callbackHandler;
        }

        @Override
        public boolean login() throws LoginException {
            final var name = new NameCallback("name");
            final var password = new PasswordCallback("password", false);
            try {
                handler.handle(new Callback[] {name, password});
            } catch (IOException | UnsupportedCallbackException e) {
                throw new IllegalStateException(e);
            }
            if (!new StringBuilder(name.getName()).reverse().toString().equals(new String(password.getPassword()))) {
                throw new FailedLoginException("no");
            }
            subject.getPrincipals().add(new RolePrincipal(name.getName()));
            return true;
        }

        @Override
        public boolean commit() {
            return true;
        }

        @Override
        public boolean abort() {
            return true;
        }

        @Override
        public boolean logout() {
            return true;
        }
    }

    @BeforeAll
    static void configure() {
        Configuration.setConfiguration(new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(final String name) {
                return name.equals("karaf") ? new AppConfigurationEntry[] {new AppConfigurationEntry(
                    Backwards.class.getName(), LoginModuleControlFlag.REQUIRED, Map.of())} : null;
            }
        });
    }

    @AfterAll
    static void forget() {
        Configuration.setConfiguration(null);
    }

    private PrincipalCollection logIn(final String user) {
        return realm.getAuthenticationInfo(new UsernamePasswordToken(user, new StringBuilder(user).reverse()
            .toString())).getPrincipals();
    }

    @ParameterizedTest
    @CsvSource({
        "viewer,   true,  true,  false, false, false",
        "operator, true,  true,  true,  false, false",
        "admin,    true,  true,  true,  true,  true",
        "ssh,      false, false, false, false, false"})
    void aRoleMayDoWhatItIsFor(final String role, final boolean read, final boolean ask, final boolean operate,
            final boolean write, final boolean other) {
        final var user = logIn(role);
        assertTrue(realm.hasRole(user, role));
        assertEquals(read, realm.isPermitted(user, "view:read"), "read state and intent");
        assertEquals(ask, realm.isPermitted(user, "view:call"), "RPCs that change nothing");
        assertEquals(operate, realm.isPermitted(user, "operate:call"), "RPCs that move guests");
        assertEquals(write, realm.isPermitted(user, "view:update"), "change intent");
        assertEquals(other, realm.isPermitted(user, "anything:else"));
    }

    @Test
    void whoHasTheWrongPasswordIsNobody() {
        final var refusal = assertThrows(AuthenticationException.class,
            () -> realm.getAuthenticationInfo(new UsernamePasswordToken("admin", "hunter2")));
        assertFalse(refusal.getMessage().contains("hunter2"));
    }

    @Test
    void theUsersNameIsWhatOthersAreTold() {
        assertEquals("operator", logIn("operator").getPrimaryPrincipal());
    }

    @Test
    void aThreadKeepsItsClassLoader() {
        final var before = Thread.currentThread().getContextClassLoader();
        logIn("viewer");
        assertSame(before, Thread.currentThread().getContextClassLoader());
    }
}
