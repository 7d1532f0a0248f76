import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Services } from '../../services.ts';
import type { Metrics } from '../metrics/registry.ts';

/** What routes answer from. */
export interface RouteServices extends Services {
  readonly metrics: Metrics;
  readonly marketSource: string;
  readonly uploadMaxBytes: number;
  /** Of one client. */
  readonly uploadsAtOnce: number;
}

/** The routes of one noun. */
export type Routes = FastifyPluginAsyncZod<RouteServices>;
