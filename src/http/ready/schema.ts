import { z } from 'zod';

export const componentState = z.object({
  ready: z.boolean(),
  detail: z.string().describe('one sentence'),
});

const componentWithFacts = componentState.extend({ facts: z.record(z.string(), z.unknown()) });

export const readyAnswer = z
  .object({
    ready: z.boolean(),
    market_source: z.string(),
    parts: z.object({
      database: componentWithFacts,
      default_package: componentWithFacts,
      market: componentWithFacts,
      inference: componentWithFacts,
    }),
  })
  .meta({ id: 'Readiness' });
