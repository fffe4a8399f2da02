package org.qmpbs.pbs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Puts TLS over a connected socket, with the same rules for sessions and REST calls: TLS 1.2 or
 * newer, and the host name checked within the handshake, thus before a byte of a request.
 */
final class TrustedSockets extends SSLSocketFactory {
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private final SSLSocketFactory platform;
  private final boolean checkHostName;

  TrustedSockets(SSLSocketFactory platform, boolean checkHostName) {
    this.platform = platform;
    this.checkHostName = checkHostName;
  }

  @Override
  public SSLSocket createSocket(Socket tcp, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket tls = (SSLSocket) platform.createSocket(tcp, host, port, autoClose);
    tls.setEnabledProtocols(PROTOCOLS);
    if (checkHostName) {
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
    }
    return tls;
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return platform.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return platform.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw layersOnly();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw layersOnly();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw layersOnly();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress local, int localPort) {
    throw layersOnly();
  }

  private static UnsupportedOperationException layersOnly() {
    return new UnsupportedOperationException("TLS is only ever put over a connected socket");
  }
}
