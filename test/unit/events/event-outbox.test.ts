import { expect, onTestFinished, test } from 'vitest';
import { createEventOutbox } from '../../../src/events/event-outbox.ts';
import type { NewEvent } from '../../../src/events/event-repository.ts';
import { collectingLog } from '../../helper/log.ts';
import { simulatedTime } from '../../helper/time.ts';

/** An outbox whose database answers or not. */
function openOutbox() {
  const time = simulatedTime(0);
  const log = collectingLog();
  const database = { answers: true, stored: [] as NewEvent[], batches: 0 };
  const outbox = createEventOutbox({
    repository: {
      async append(events) {
        if (!database.answers) throw new Error('connection refused');
        database.stored.push(...events);
        database.batches += 1;
      },
    },
    node: 'a',
    onStored() {},
    ...{ timers: time.timers, log },
  });
  onTestFinished(async () => {
    const closed = outbox.close();
    await time.pass(10_000);
    await closed;
  });
  return { outbox, database, time, log };
}

const namesOf = (events: readonly NewEvent[]) => events.map(({ kind, data }) => data.name ?? kind);

test('events of the same moment are stored together', async () => {
  const { outbox, database, time } = openOutbox();
  for (let name = 0; name < 100; name += 1) outbox.add('package', { name });
  await time.pass(0);
  expect(namesOf(database.stored)).toEqual(Array.from({ length: 100 }, (_, name) => name));
  expect(database.batches).toBe(1);
  outbox.add('package', { name: 100 });
  await time.pass(0);
  expect(database.stored).toHaveLength(101);
});

test('events wait while the database does not answer, and are stored in order', async () => {
  const { outbox, database, time, log } = openOutbox();
  database.answers = false;
  for (let name = 0; name < 10; name += 1) {
    outbox.add('package', { name });
    await time.pass(10_000);
  }
  expect(database.stored).toEqual([]);
  database.answers = true;
  await time.pass(10_000);
  expect(namesOf(database.stored)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(database.stored.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(log.lines).toHaveLength(1);
});

test('too many waiting events become a reset, with what comes after it', async () => {
  const { outbox, database, time } = openOutbox();
  database.answers = false;
  for (let name = 0; name <= 10_000; name += 1) outbox.add('package', { name });
  outbox.add('package', { name: 'later' });
  await time.pass(10_000);
  database.answers = true;
  await time.pass(10_000);
  expect(namesOf(database.stored)).toEqual(['reset', 'later']);
});

test('a node that is gone is one event, whichever node tells it', async () => {
  const { outbox, database, time } = openOutbox();
  outbox.addReset('b');
  await time.pass(0);
  expect(database.stored).toEqual([{ node: 'b', sequence: 0, kind: 'reset', data: {} }]);
});

test('the end waits for a database that does not answer, but not for long', async () => {
  const { outbox, database, time, log } = openOutbox();
  database.answers = false;
  outbox.add('package', {});
  await time.pass(0);
  await outbox.close();
  expect(database.stored).toEqual([]);
  expect(log.lines.at(-1)).toContain('could not be stored');
});
