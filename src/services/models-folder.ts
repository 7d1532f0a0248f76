import { join } from 'node:path';
import { PROJECT_ROOT } from '../runtime/project-root.ts';

/** Files of the default package. */
export const MODELS_FOLDER = join(PROJECT_ROOT, 'models');

/** The scaler for packages without one. */
export const DEFAULT_SCALER = join(MODELS_FOLDER, 'scaler.json');
