import {
  type IdentifierNode,
  type Kysely,
  type KyselyPlugin,
  OperationNodeTransformer,
  type QueryId,
} from 'kysely';
import type { Tables } from './tables.ts';

/**
 * The same store, or transaction on it, but every query meets other tables of the same columns.
 * @param names the other table's name, by the name that queries use
 */
export function onMirroredTables(
  database: Kysely<Tables>,
  names: Readonly<Record<string, string>>,
): Kysely<Tables> {
  const transformer = new Renaming(names);
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => transformer.transformNode(node, queryId),
    transformResult: async ({ result }) => result,
  };
  return database.withPlugin(plugin);
}

class Renaming extends OperationNodeTransformer {
  readonly #names: ReadonlyMap<string, string>;

  constructor(names: Readonly<Record<string, string>>) {
    super();
    this.#names = new Map(Object.entries(names));
  }

  protected override transformIdentifier(node: IdentifierNode, queryId?: QueryId): IdentifierNode {
    const same = super.transformIdentifier(node, queryId);
    return { ...same, name: this.#names.get(same.name) ?? same.name };
  }
}
