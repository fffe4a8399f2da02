package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.util.Set;

/** Calls on backup groups. */
final class GroupCalls {
  private static final Set<Privilege> AUDIT = Set.of(Privilege.AUDIT);
  private static final Set<Privilege> MODIFY = Set.of(Privilege.MODIFY);
  private static final Set<Privilege> BACKUP = Set.of(Privilege.BACKUP);
  private static final Set<Privilege> PRUNE = Set.of(Privilege.PRUNE);

  private GroupCalls() {}

  static void addTo(Routes routes) {
    String store = "admin/datastore/{store}/";
    routes.add(
        "GET",
        store + "groups",
        RestSchemas.namespace(),
        request -> new Listings(request.store()).groups(request));
    routes.add(
        "DELETE",
        store + "groups",
        RestSchemas.group().optional("error-on-protected", ParameterType.flag()),
        GroupCalls::remove);
    routes.add("GET", store + "group-notes", RestSchemas.group(), GroupCalls::notes);
    routes.add(
        "PUT",
        store + "group-notes",
        RestSchemas.group().required("notes", ParameterType.anyText()),
        GroupCalls::setNotes);
    routes.add(
        "POST",
        store + "change-owner",
        RestSchemas.group().required("new-owner", ParameterType.text(AccessCalls.AUTH_ID)),
        GroupCalls::changeOwner);
  }

  private static Response remove(RestRequest request) throws Refused, IOException {
    GroupName group = request.allowedGroup(MODIFY, PRUNE);
    Removals removals = new Removals(request.store());
    if (!removals.remove(group) && request.parameters().flag("error-on-protected", true)) {
      throw Refused.badRequest("group only partially deleted due to protected snapshots");
    }
    return Response.data(removals.statistics());
  }

  private static Response notes(RestRequest request) throws Refused, IOException {
    GroupName group = request.allowedGroup(AUDIT, BACKUP);
    return Response.data(TextNode.valueOf(request.store().files(group).notes().orElse("")));
  }

  private static Response setNotes(RestRequest request) throws Refused, IOException {
    GroupName group = request.allowedGroup(MODIFY, BACKUP);
    request.store().files(group).setNotes(request.parameters().text("notes"));
    return Response.done();
  }

  private static Response changeOwner(RestRequest request) throws Refused, IOException {
    GroupName group = request.parameters().group();
    String newOwner = request.parameters().text("new-owner");
    String authId = request.principal().authId();
    boolean limited =
        request.principal().isLimited(group.namespace(), request.storeName(), MODIFY, BACKUP);
    String owner = request.store().owner(group);
    if (limited && !mayGive(authId, owner, newOwner)) {
      throw new Refused(
          401,
          authId
              + " does not have permission to change owner of backup group '"
              + group
              + "' to "
              + newOwner);
    }
    if (!request.settings().authenticator().isActive(newOwner)) {
      throw Refused.badRequest(
          (newOwner.contains("!") ? "API token '" : "user '")
              + newOwner
              + "' is inactive or non-existent");
    }
    request.store().setOwner(group, owner, newOwner);
    return Response.done();
  }

  /** Users move groups between themselves and their tokens; a token moves nothing. */
  private static boolean mayGive(String authId, String owner, String newOwner) {
    boolean oneOfThemIsAToken = owner.contains("!") || newOwner.contains("!");
    return oneOfThemIsAToken
        && AccessRules.userOf(owner).equals(authId)
        && AccessRules.userOf(newOwner).equals(authId);
  }
}
