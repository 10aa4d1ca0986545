/*
 * Copyright (c) 2026 The Peregrine authors and others.  All rights reserved.
 *
 * This program and the accompanying materials are made available under the
 * terms of the Eclipse Public License v1.0 which accompanies this distribution,
 * and is available at http://www.eclipse.org/legal/epl-v10.html
 */
package io.peregrine.aaa.login;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.security.auth.Subject;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import org.apache.karaf.jaas.boot.ProxyLoginModule;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.shiro.authc.AuthenticationException;
import org.apache.shiro.authc.AuthenticationInfo;
import org.apache.shiro.authc.AuthenticationToken;
import org.apache.shiro.authc.SimpleAuthenticationInfo;
import org.apache.shiro.authc.UsernamePasswordToken;
import org.apache.shiro.authc.credential.AllowAllCredentialsMatcher;
import org.apache.shiro.authz.AuthorizationInfo;
import org.apache.shiro.authz.SimpleAuthorizationInfo;
import org.apache.shiro.authz.permission.WildcardPermission;
import org.apache.shiro.realm.AuthorizingRealm;
import org.apache.shiro.subject.PrincipalCollection;
import org.apache.shiro.subject.SimplePrincipalCollection;

/**
 * Logs in to OpenDaylight's web side by Karaf's JAAS realm, so that there is one list of users for the console and
 * RESTCONF, whatever it is kept in (by default {@code etc/users.properties}; LDAP as Karaf has it). OpenDaylight's
 * configuration of Shiro ({@code aaa-app-config.xml}) names this class and says what each permission is needed for.
 *
 * <p>Any thread may call. Every request logs in: who is taken off the list is refused from the next on.
 */
public final class KarafRealm extends AuthorizingRealm {
    /** The name of the JAAS realm. */
    private static final String JAAS_REALM = "karaf";
    private static final String READ = "view:read";
    private static final String ASK = "view:call";
    private static final String OPERATE = "operate:call";
    /** What the roles may do; other roles may nothing here. */
    private static final Map<String, Set<String>> PERMISSIONS = Map.of(
        "viewer", Set.of(READ, ASK),
        "operator", Set.of(READ, ASK, OPERATE),
        "admin", Set.of("*"));
    private static final List<String> LEAST_FIRST = List.of("viewer", "operator", "admin");

    /** The roles of somebody who has logged in. */
    private record Roles(Set<String> names) {
    }

    /**
     * By Karaf's users.
     */
    public KarafRealm() {
        // JAAS has looked at the password
        super(new AllowAllCredentialsMatcher());
        setAuthenticationTokenClass(UsernamePasswordToken.class);
    }

    /** The least role that has all of some permissions. */
    static String roleWith(final String... permissions) {
        return LEAST_FIRST.stream()
            .filter(role -> Stream.of(permissions).allMatch(permission -> PERMISSIONS.get(role).stream()
                .anyMatch(has -> new WildcardPermission(has).implies(new WildcardPermission(permission)))))
            .findFirst().orElseThrow();
    }

    @Override
    protected AuthenticationInfo doGetAuthenticationInfo(final AuthenticationToken token) {
        final var login = (UsernamePasswordToken) token;
        final var roles = logIn(login.getUsername(), login.getPassword());
        return new SimpleAuthenticationInfo(
            new SimplePrincipalCollection(List.of(login.getUsername(), new Roles(roles)), getName()), null);
    }

    private static Set<String> logIn(final String user, final char[] password) {
        final var thread = Thread.currentThread();
        final var before = thread.getContextClassLoader();
        // By this loader JAAS makes its modules
        thread.setContextClassLoader(ProxyLoginModule.class.getClassLoader());
        try {
            final var subject = new Subject();
            new LoginContext(JAAS_REALM, subject, new Credentials(user, password)).login();
            return subject.getPrincipals(RolePrincipal.class).stream().map(RolePrincipal::getName)
                .collect(Collectors.toUnmodifiableSet());
        } catch (LoginException e) {
            throw new AuthenticationException("user or password is wrong", e);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Override
    protected AuthorizationInfo doGetAuthorizationInfo(final PrincipalCollection principals) {
        final var roles = principals.oneByType(Roles.class);
        final var info = new SimpleAuthorizationInfo();
        if (roles != null) {
            info.setRoles(new HashSet<>(roles.names()));
            roles.names().forEach(role -> info.addStringPermissions(PERMISSIONS.getOrDefault(role, Set.of())));
        }
        return info;
    }

    private record Credentials(String user, char[] password) implements CallbackHandler {
        @Override
        public void handle(final Callback[] callbacks) throws IOException, UnsupportedCallbackException {
            for (var callback : callbacks) {
                if (callback instanceof NameCallback name) {
                    name.setName(user);
                } else if (callback instanceof PasswordCallback secret) {
                    secret.setPassword(password);
                } else {
                    throw new UnsupportedCallbackException(callback);
                }
            }
        }
    }
}
