import { runCommand } from './shared/run-command.ts';
import { MOVE_USAGE, runMoveStore } from './shared/run-move-store.ts';

await runCommand(MOVE_USAGE, () => runMoveStore(process.argv.slice(2), process.env));
