import { z } from 'zod';

export const componentState = z.object({
  ready: z.boolean(),
  detail: z.string().describe('one sentence'),
});

/** The components of the service. */
export function componentsOf<State extends z.ZodType>(state: State) {
  return z.object({ database: state, default_package: state, market: state, inference: state });
}

export const readyAnswer = z
  .object({
    ready: z.boolean(),
    market_source: z.string(),
    parts: componentsOf(componentState.extend({ facts: z.record(z.string(), z.unknown()) })),
  })
  .meta({ id: 'Readiness' });
