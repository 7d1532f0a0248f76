import { useLocation } from 'preact-iso/router';
import type { ModelPackageAnswer } from '../../http/packages/schema.ts';
import { packageAddress, packageIdOf, VIEWS } from '../views.ts';
import { packages } from './packages.ts';
import { withQuery } from './urls.ts';

/** The package that the address names (`/packages/<id>` or `?model=`), else the newest that is not archived. */
export function useSelectedPackage(): {
  readonly id: string | undefined;
  /** undefined until packages are loaded, and where there is none by that id. */
  readonly selected: ModelPackageAnswer | undefined;
  select(id: string): void;
} {
  const { path, query, route } = useLocation();
  const all = packages.data.value;
  const idInPath = packageIdOf(path);
  const id = idInPath ?? query.model ?? all?.find(({ status }) => status !== 'ARCHIVED')?.id;
  const addressOf = (model: string) => {
    if (idInPath !== undefined) return packageAddress(model, query);
    // Runs, candles and pages of records belong to one package.
    return withQuery(path, path === VIEWS.desk.path ? { model, tab: query.tab } : { ...query, model });
  };
  return {
    id,
    selected: all?.find((one) => one.id === id),
    select: (model) => route(addressOf(model)),
  };
}
