import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findProjectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new Error(
        'There is no package.json in a folder above the program, so its project cannot be found.',
      );
    folder = parent;
  }
  return folder;
}

/** The project's folder, also when the program runs from the build; relative paths in settings start here. */
export const PROJECT_ROOT = findProjectRoot();
