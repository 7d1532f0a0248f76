import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import fp from 'fastify-plugin';

/** Security headers, compression, and what every answer says about caching and the market. */
export const responseHeaders = fp<{ marketSource: string }>(
  async (app, { marketSource }) => {
    await app.register(helmet, {
      // The service speaks plain HTTP; where TLS is in front of it, that place sets HSTS.
      hsts: false,
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    });
    await app.register(compress, {
      threshold: 1024,
      encodings: ['br', 'gzip'],
      // Quality 11, the default, takes longer than the network saves.
      brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
    });
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      reply.header('x-market-source', marketSource);
    });
  },
  { name: 'response-headers' },
);
