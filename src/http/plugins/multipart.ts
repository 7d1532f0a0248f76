import multipart from '@fastify/multipart';
import fp from 'fastify-plugin';

/**
 * Streams multipart bodies. Limits are per request, sizes in bytes. Every part comes as a stream of its bytes, whatever its
 * type: the plugin would parse a text that a client calls `application/json`.
 */
export const multipartUploads = fp<{ maxFileBytes: number }>(
  async (app, { maxFileBytes }) => {
    await app.register(multipart, {
      throwFileSizeLimit: false,
      isPartAFile: () => true,
      limits: { fileSize: maxFileBytes, files: 24, parts: 24, fieldNameSize: 100, headerPairs: 50 },
    });
  },
  { name: 'multipart-uploads' },
);
