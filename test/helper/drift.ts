import type { FastifyInstance } from 'fastify';
import { waitFor } from './wait.ts';

/** Waits until the features of a package are judged up to a day (2026-11-25, by default any), and returns the answer. */
export function judgedFeatures(app: FastifyInstance, id: string, expected?: string) {
  return waitFor(
    `the features of ${id} are judged`,
    async () => (await app.inject(`/model-packages/${id}/drift`)).json(),
    ({ day }) => day !== null && day === (expected ?? day),
  );
}
