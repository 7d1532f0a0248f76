import type { Kysely } from 'kysely';

/** What packages are told apart by: tags, versions, and equal files. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const addColumn = (name: string, type: 'text' | 'integer', defaultValue?: string | number) =>
    db.schema
      .alterTable('model_packages')
      .addColumn(name, type, (column) =>
        defaultValue === undefined ? column : column.notNull().defaultTo(defaultValue),
      )
      .execute();
  await addColumn('same_files_as', 'text');
  await addColumn('tags', 'text', '[]');
  await addColumn('version_of', 'text');
  await addColumn('version_number', 'integer', 1);
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const column of ['version_number', 'version_of', 'tags', 'same_files_as'])
    await db.schema.alterTable('model_packages').dropColumn(column).execute();
}
