import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import fp from 'fastify-plugin';
import helmet, { type HelmetOptions } from 'helmet';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Security headers that replace those of all routes. */
    securityHeaders?: SecurityHeaders;
  }
}

export type SecurityHeaders = Readonly<OutgoingHttpHeaders>;

export interface ResponseHeadersOptions {
  readonly marketSource: string;
  /** Name of the node that answers; undefined where there is only one. */
  readonly node: string | undefined;
}

/** Security headers, compression, and the headers of every response (http.md#3). */
export const responseHeaders = fp<ResponseHeadersOptions>(
  async (app, { marketSource, node }) => {
    const common = securityHeaders({
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    });
    await app.register(compress, {
      threshold: 1024,
      encodings: ['br', 'gzip'],
      // The default, 11, takes more time than the smaller response saves.
      brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    });
    const always = {
      'cache-control': 'no-store',
      'x-market-source': marketSource,
      ...(node === undefined ? {} : { 'x-paperdesk-node': node }),
    };
    app.addHook('onRequest', ({ routeOptions }, reply, done) => {
      reply.headers(routeOptions.config.securityHeaders ?? common).headers(always);
      done();
    });
  },
  { name: 'response-headers' },
);

/** The headers that helmet sets for these options, which are the same for every request. */
export function securityHeaders(
  options: Pick<HelmetOptions, 'contentSecurityPolicy' | 'xFrameOptions'>,
): SecurityHeaders {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  // The service speaks plain HTTP; a TLS proxy in front of it sets HSTS.
  helmet({ strictTransportSecurity: false, ...options })(response.req, response, (error) => {
    if (error !== undefined) throw error;
  });
  return { ...response.getHeaders() };
}
