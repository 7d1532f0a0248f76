import { useId, useRef, useState } from 'preact/hooks';
import type { ModelPackageAnswer } from '../../http/packages/schema.ts';
import { packages } from '../data/packages.ts';
import { searchPackages } from '../data/search-packages.ts';
import { useSelectedPackage } from '../data/selected-package.ts';
import { AliasChips } from './alias-chips.tsx';
import { PackageOptions } from './package-options.tsx';

/** Switches the package that all views show. Its list can be searched by name, alias, tag, note and hash. */
export function PackageSelect() {
  const { id, selected, select } = useSelectedPackage();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const listId = useId();
  const all = packages.data.value ?? [];
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    // Focus that goes elsewhere, by key or pointer, closes the list.
    <div
      class="package-select"
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        class="package-button"
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-controls={isOpen ? listId : undefined}
        disabled={all.length === 0}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        <span class="visually-hidden">Package: </span>
        <SelectedName id={id} selected={selected} all={all} />
      </button>
      {isOpen && (
        <PackageList
          {...{ all, listId }}
          selectedId={id}
          onSelect={(one) => {
            close();
            select(one);
          }}
          onClose={close}
        />
      )}
    </div>
  );
}

interface SelectedNameProps {
  readonly id: string | undefined;
  readonly selected: ModelPackageAnswer | undefined;
  readonly all: readonly ModelPackageAnswer[];
}

/** A name that several packages have is followed by the id. */
function SelectedName({ id, selected, all }: SelectedNameProps) {
  if (selected === undefined) {
    const isKnown = all.length === 0 || id === undefined;
    return (
      <span class="package-name">{id === undefined ? 'No package' : isKnown ? id : `${id} (unknown)`}</span>
    );
  }
  const { name, aliases } = selected;
  const isAmbiguous = all.some((one) => one !== selected && one.name === name);
  return (
    <>
      <span class="package-name" title={name}>
        {name}
      </span>
      {isAmbiguous && <code class="muted">{selected.id}</code>}
      <AliasChips aliases={aliases.slice(0, 1)} />
    </>
  );
}

interface PackageListProps {
  readonly all: readonly ModelPackageAnswer[];
  readonly listId: string;
  readonly selectedId: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly onClose: () => void;
}

/** More options are found by typing. */
const MAX_OPTIONS = 50;

/** The list of options is ours, not a `<datalist>`. */
const COMBOBOX = {
  role: 'combobox',
  list: undefined,
  'aria-autocomplete': 'list',
  'aria-expanded': true,
} as const;

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

function PackageList({ all, listId, selectedId, onSelect, onClose }: PackageListProps) {
  const [search, setSearch] = useState('');
  const found = searchPackages(all, search);
  const shown = found.slice(0, MAX_OPTIONS);
  const [active, setActive] = useState(() =>
    Math.max(
      0,
      shown.findIndex(({ id }) => id === selectedId),
    ),
  );
  const index = Math.min(active, shown.length - 1);
  const optionId = (position: number) => `${listId}-${position}`;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const target = shown[index];
    if (step !== undefined && shown.length > 0) setActive((index + step + shown.length) % shown.length);
    else if (event.key === 'Enter' && target !== undefined) onSelect(target.id);
    else if (event.key === 'Escape') onClose();
    else return;
    event.preventDefault();
  };
  return (
    <div class="package-list">
      <input
        // The list was opened to search it.
        ref={(input) => input?.focus()}
        class="input"
        type="search"
        {...COMBOBOX}
        aria-label="Search packages"
        aria-controls={listId}
        aria-activedescendant={shown.length === 0 ? undefined : optionId(index)}
        placeholder="Name, alias, tag, note or hash"
        value={search}
        onInput={({ currentTarget }) => {
          setSearch(currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <PackageOptions {...{ shown, listId, selectedId, optionId, onSelect }} active={index} />
      {shown.length === 0 && <p class="muted package-list-note">No package has this in it.</p>}
      {found.length > shown.length && (
        <p class="muted small package-list-note">{`${found.length - shown.length} more: type a part of the name.`}</p>
      )}
    </div>
  );
}
