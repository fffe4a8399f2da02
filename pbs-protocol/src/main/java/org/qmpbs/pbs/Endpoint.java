package org.qmpbs.pbs;

import okhttp3.HttpUrl;

/** Where the server's interface is. */
final class Endpoint {
  private final Repository repository;
  private final HttpUrl base;

  /**
   * Checks that there can be such a place.
   *
   * @throws IllegalArgumentException if the host cannot stand in a request
   */
  Endpoint(Repository repository) {
    this.repository = repository;
    this.base =
        new HttpUrl.Builder()
            .scheme("https")
            .host(repository.host())
            .port(repository.port())
            .addPathSegments("api2/json")
            .build();
  }

  Repository repository() {
    return repository;
  }

  /** A builder at {@code path} below {@code /api2/json}. */
  HttpUrl.Builder url(String path) {
    return base.newBuilder().addPathSegments(path);
  }
}
