import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findProjectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error('There is no package.json above the program: it was taken out of its project.');
    folder = parent;
  }
  return folder;
}

/** The project's folder, whether the program runs from `src/` or from the build; relative settings start here. */
export const PROJECT_ROOT = findProjectRoot();
