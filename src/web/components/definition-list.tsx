import { type ComponentChildren, Fragment } from 'preact';

interface DefinitionListProps {
  readonly rows: readonly (readonly [name: string, value: ComponentChildren])[];
  /** A further CSS class. */
  readonly class?: string;
}

/** Names and values, one pair per line. */
export function DefinitionList({ rows, class: extraClass = '' }: DefinitionListProps) {
  return (
    <dl class={`definition-list ${extraClass}`}>
      {rows.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd class="user-text">{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
