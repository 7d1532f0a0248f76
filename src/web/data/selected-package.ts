import { effect, signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import type { ModelPackageAnswer } from '../../http/packages/schema.ts';
import { packageAddress, packageIdOf, VIEWS } from '../views.ts';
import { access } from './access.ts';
import { packages } from './packages.ts';
import { withQuery } from './urls.ts';

const KEY = 'paperdesk.package';

/** The package that this tab selected last: addresses without `?model=` mean it. */
const remembered = signal<string | undefined>(sessionStorage.getItem(KEY) ?? undefined);

// Who logs out leaves nothing behind.
effect(() => {
  if (access.value === 'locked') remember(undefined);
});

function remember(id: string | undefined): void {
  remembered.value = id;
  if (id === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, id);
}

/** The package that an id, a `model_id` or `@` with an alias means. */
function packageNamed(all: readonly ModelPackageAnswer[], name: string): ModelPackageAnswer | undefined {
  const text = name.replace(/^paper_(?=@)/, '');
  const means = (one: ModelPackageAnswer) =>
    one.id === text || one.paper_account_id === text || one.aliases.some((alias) => `@${alias}` === text);
  return all.find(means);
}

/** The package that an address selects: `?model=`, else the one of this tab, else the newest that is not archived. */
function selectionOf(
  all: readonly ModelPackageAnswer[] | undefined,
  model: string | undefined,
  rememberedId: string | undefined,
): { readonly id: string | undefined; readonly selected: ModelPackageAnswer | undefined } {
  if (all === undefined) return { id: model ?? rememberedId, selected: undefined };
  if (model !== undefined) {
    const selected = packageNamed(all, model);
    return { id: selected?.id ?? model, selected };
  }
  const selected =
    all.find(({ id }) => id === rememberedId) ?? all.find(({ status }) => status !== 'ARCHIVED');
  return { id: selected?.id, selected };
}

/** The package that the whole page shows. It changes only when the user selects another one. */
export function useSelectedPackage(): {
  readonly id: string | undefined;
  /** undefined until packages are loaded, and where there is none by that id. */
  readonly selected: ModelPackageAnswer | undefined;
  select(id: string): void;
} {
  const { path, query, route } = useLocation();
  const { id, selected } = selectionOf(packages.data.value, query.model, remembered.value);
  // A package that is uploaded later is newer, and must not become the selected one by itself.
  useEffect(() => {
    if (selected !== undefined) remember(selected.id);
  }, [selected?.id]);
  const addressOf = (model: string) => {
    if (packageIdOf(path) !== undefined) return packageAddress(model, { ...query, model });
    // Runs, candles and pages of records belong to one package.
    return withQuery(path, path === VIEWS.desk.path ? { model, tab: query.tab } : { ...query, model });
  };
  return {
    id,
    selected,
    select: (model) => route(addressOf(model)),
  };
}
