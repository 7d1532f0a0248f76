import { migrateToTwoTables } from './two-tables.ts';

// Migrates the store given, tells when the first table is there, and then takes its time.
const [file, pauseMs] = process.argv.slice(2) as [string, string];
await migrateToTwoTables(file, () => process.send?.('half-way'), Number(pauseMs));
process.disconnect();
