import { useEffect, useRef } from 'preact/hooks';
import type { ModelPackageAnswer } from '../../http/packages/schema.ts';
import { AliasChips } from './alias-chips.tsx';

interface PackageOptionsProps {
  readonly listId: string;
  readonly shown: readonly ModelPackageAnswer[];
  /** Position of the option that Enter selects. */
  readonly active: number;
  readonly selectedId: string | undefined;
  readonly optionId: (position: number) => string;
  readonly onSelect: (id: string) => void;
}

/** Packages to choose from: name, aliases, and what tells packages of one name apart. */
export function PackageOptions({
  listId,
  shown,
  active,
  selectedId,
  optionId,
  onSelect,
}: PackageOptionsProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <div id={listId} role="listbox" aria-label="Packages" class="package-options" ref={list}>
      {shown.map(({ id, name, aliases, short_hash, version, version_of, status }, position) => (
        <button
          key={id}
          type="button"
          tabIndex={-1}
          id={optionId(position)}
          role="option"
          aria-selected={id === selectedId}
          class={position === active ? 'package-option package-option-active' : 'package-option'}
          // The search keeps the focus.
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onSelect(id)}
        >
          <span class="package-option-name">
            <b class="user-text">{name}</b> <AliasChips aliases={aliases} />
          </span>
          <span class="muted small user-text">
            {[
              id,
              short_hash,
              ...(version_of === null ? [] : [`version ${version} of ${version_of}`]),
              ...(status === 'ARCHIVED' ? ['archived'] : []),
            ].join(' · ')}
          </span>
        </button>
      ))}
    </div>
  );
}
