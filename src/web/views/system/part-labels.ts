import type { SystemAnswer } from '../../../http/system/schema.ts';

/** Names of the parts of the service. */
export const PART_LABELS: Record<keyof SystemAnswer['parts'], string> = {
  market: 'Market',
  inference: 'Models',
  default_package: 'Default package',
  database: 'Database',
};
