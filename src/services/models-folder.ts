import { join } from 'node:path';
import { PROJECT_ROOT } from '../runtime/project-root.ts';

/** Files of the default package, and the scaler for packages without one. */
export const MODELS_FOLDER = join(PROJECT_ROOT, 'models');
