import type { ModelPackageAnswer } from '../../../http/packages/schema.ts';

/** All versions of the chain that a package belongs to, oldest first, itself among them. */
export function versionsOf(
  one: ModelPackageAnswer,
  all: readonly ModelPackageAnswer[],
): readonly ModelPackageAnswer[] {
  const first = one.version_of ?? one.id;
  return all
    .filter(({ id, version_of }) => id === first || version_of === first)
    .sort((a, b) => a.version - b.version);
}
