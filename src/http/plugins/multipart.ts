import multipart from '@fastify/multipart';
import fp from 'fastify-plugin';

/** Streams multipart bodies. Limits are per request, sizes in bytes. */
export const multipartUploads = fp<{ maxFileBytes: number }>(
  async (app, { maxFileBytes }) => {
    await app.register(multipart, {
      throwFileSizeLimit: false,
      limits: {
        fileSize: maxFileBytes,
        files: 8,
        fields: 16,
        parts: 24,
        fieldNameSize: 100,
        fieldSize: 1024 * 1024,
        headerPairs: 50,
      },
    });
  },
  { name: 'multipart-uploads' },
);
