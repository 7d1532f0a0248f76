import { existsSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
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

/** The project's folder, also when the program runs from the build. */
export const PROJECT_ROOT = findProjectRoot();

/**
 * Where data are: relative paths in settings start here. It is PAPERDESK_HOME; without it the project's folder, or the
 * working folder of a program that npm has installed, whose own folder an update replaces.
 */
export const DATA_ROOT = resolve(
  process.env.PAPERDESK_HOME || (PROJECT_ROOT.split(sep).includes('node_modules') ? '.' : PROJECT_ROOT),
);
