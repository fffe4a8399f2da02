package org.qmpbs.pbs;

/** An API token: its secret goes with every request, and nothing ever expires. */
final class TokenAuthorization implements Authorization {
  private final String authId;
  private final Secret secret;
  private final Mask mask;

  /**
   * Takes the secret over; {@code mask} knows it already.
   *
   * @throws IllegalArgumentException if the name cannot stand in a header
   */
  TokenAuthorization(String authId, Secret secret, Mask mask) {
    if (!authId.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException(
          "the token '" + authId + "' has characters that no HTTP header can carry");
    }
    this.authId = authId;
    this.secret = secret;
    this.mask = mask;
  }

  @Override
  public Grant grant() {
    String value = "PBSAPIToken " + authId + ":" + PercentEncoding.encode(secret.reveal());
    return new Grant("Authorization", value, null, null, true);
  }

  /** The next one would be the same. */
  @Override
  public boolean discard(Grant refused) {
    return false;
  }

  @Override
  public Mask mask() {
    return mask;
  }

  @Override
  public void close() {
    mask.close();
  }
}
